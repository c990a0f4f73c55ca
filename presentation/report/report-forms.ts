/** Forms that a report is written in; `json` is the document that the others are drawn from. */
export const reportForms = ['markdown', 'html', 'json'] as const;
export type ReportForm = (typeof reportForms)[number];
