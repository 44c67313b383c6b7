/** The pages could not be built; the message says why and what to do. */
export class PagesError extends Error {
  override readonly name = 'PagesError';
}
