/** What a failed `fetch` says to people: it tells a broken connection in the cause of what it throws. */
export function fetchFailure(error: unknown): string {
  const { message, cause } = error as { readonly message: string; readonly cause?: { readonly message?: string } };
  return cause?.message === undefined || cause.message === '' ? message : cause.message;
}
