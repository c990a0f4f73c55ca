import { visible } from '../../domain/shared/visible-text.ts';
import { loadedOnce } from '../../handlers/runtime/loaded-once.ts';
import { once, untilThere } from '../../handlers/runtime/outage.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { resolveSettings, type Settings } from '../../handlers/runtime/settings.ts';
import { answeringOf, asLedgerError, reportError, reportOutcome } from './answer.ts';
import type { Invocation } from './command-tree.ts';
import { acceptedJumpWhy } from './flags.ts';
import { withLedgersBeside } from './missing-ledger.ts';
import { sealingWarnings } from './sealing.ts';
import { Opened } from './opened.ts';
import type { VerbContext } from './verb.ts';
import type { World } from './world.ts';

const sealLedger = loadedOnce(() => import('../../handlers/commands/seal-ledger.ts'));
const knownNames = loadedOnce(() => import('../../handlers/queries/known-names.ts'));
const placing = loadedOnce(() => import('./placed-in-manifest.ts'));

function contextOf(world: World, current: Opened, resolved: ReturnType<typeof resolveSettings>, note: VerbContext['note']): VerbContext {
  const context: VerbContext = {
    settings: resolved.settings,
    settingsFrom: resolved.from,
    tools: current.tools,
    presentation: world.presentation,
    reading: () => current.open('read'),
    inspecting: () => current.open('inspect'),
    examining: () => current.examine(),
    writing: () => current.open('write'),
    opening: (location, mode) => current.another(location, mode),
    closing: (opened) => current.closing(opened),
    broker: () => current.broker(),
    operations: () => current.operations(),
    witnessServer: (address, witnessing) => world.serveWitness(address, witnessing, current.tools.log),
    signal: world.signal,
    note,
    announce: (line) => world.stderr(`${visible(line)}\n`),
    apiServer: (serving) => world.serveApi(serving, context),
  };
  return context;
}

/** Seals what a verb wrote; answers what the seal lacks. */
async function sealed(session: Session, settings: Settings): Promise<string[]> {
  const { seal } = await sealLedger();
  return sealingWarnings(await seal(session, settings));
}

/** Does what a command line asks for; answers the exit status. Never throws. */
export async function perform(world: World, { verb, input, common }: Invocation): Promise<number> {
  let answering = answeringOf(world, common, input.flags['output'] === '-');
  /** What a script is told among the warnings, and a person at once. */
  const notices: string[] = [];
  let opened: Opened | null = null;
  try {
    const file = await world.readSettingsFile((common['config'] as string | undefined) ?? null);
    const resolved = resolveSettings(
      { ...verb.settings?.(input.flags), ...common },
      world.environment,
      file,
      world.user?.name ?? undefined,
    );
    const { settings } = resolved;
    const mayMake = verb.makesLedger === 'always' || (verb.makesLedger === 'on request' && common['createLedger'] === true);
    const onNew = (store: string): void => {
      const line = `made a new ledger at ${store}`;
      if (answering.json) notices.push(line);
      else world.stderr(`${visible(line)}\n`);
    };
    const patience = verb.outlivesStore?.(input.flags) === true ? untilThere(world.signal) : once;
    const overwrite = common['force'] === true || verb.ownsOutput === true;
    const tools = await world.tools(settings, overwrite);
    opened = new Opened(world, tools, settings, { mayMake, onNew, patience, acceptedJumpWhy: acceptedJumpWhy(input.flags) });
    const current = opened;
    const context = contextOf(world, current, resolved, (line) => {
      if (world.isTerminal && !answering.json) world.stderr(`${visible(line)}\n`);
    });
    const { output } = input.flags;
    // Before anything is computed; what the verb names itself is checked when it is written.
    if (typeof output === 'string') await current.tools.files.checkOutput(output);
    const outcome = await verb.run(context, input).catch(async (error: unknown) => {
      const { placedInManifest } = await placing();
      throw await placedInManifest(error, context);
    });
    const unsealed = verb.writes && current.wrote && current.session !== null && common['seal'] !== false ? current.session : null;
    if (unsealed !== null) notices.push(...(await sealed(unsealed, settings)));
    const position = outcome.position === undefined ? ((await current.session?.ports.store.head()) ?? null) : outcome.position;
    const warnings = [...notices, ...(outcome.warnings ?? [])];
    const exit = reportOutcome(world, verb, { ...outcome, position, warnings }, current.session, answering);
    // One object is printed and no other.
    answering = { ...answering, json: false };
    await outcome.afterwards?.();
    return exit;
  } catch (error) {
    const session = opened?.session ?? null;
    const located = opened === null ? error : await withLedgersBeside(error, opened.tools.files);
    const suggested = session === null ? located : await (await knownNames()).withSuggestions(session.ports, located);
    const refusal = { command: verb.path.join(' '), ledgerId: session?.ledger.ledgerId ?? null, warnings: notices };
    return reportError(world, asLedgerError(suggested, world.signal), refusal, answering);
  } finally {
    opened?.tools.progress.stop();
    await opened?.close();
  }
}
