import type { ReportDocument } from './model/document.ts';
import type { ReportModel } from './model/model.ts';
import { healthSection } from './sections/health.ts';
import { paritySection } from './sections/parity.ts';
import { profileSection } from './sections/profile.ts';
import { provenanceSection } from './sections/provenance.ts';
import { publicationSection } from './sections/publication.ts';
import { profilesSection } from './sections/profiles.ts';
import { signTestSection } from './sections/sign-test.ts';
import { summarySection } from './sections/summary.ts';
import { traceSection } from './sections/trace.ts';

/** The model as a person reads it: the one document behind the markdown and the HTML. */
export function present(model: ReportModel): ReportDocument {
  const { run } = model;
  return {
    title: `Meta portfolio ${run.meta}, as of ${run.asOf}`,
    lead: `Run ${run.runId}: ${run.status}. Made from the ledger alone; every figure is a recorded fact or computed from recorded returns.`,
    sections: [
      summarySection(model),
      ...profilesSection(model),
      publicationSection(model),
      traceSection(model),
      signTestSection(model),
      paritySection(model),
      ...model.profiles.map((profile) => profileSection(profile, model.sheets)),
      healthSection(model),
      provenanceSection(model),
    ],
  };
}
