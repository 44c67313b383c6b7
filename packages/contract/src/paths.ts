/** The REST API's paths; `:name` stands for a path parameter. UIDs appear under `dicomweb` only. */
export const paths = {
  health: '/healthz',
  ready: '/readyz',
  setup: '/api/v1/setup',
  tokens: '/api/v1/tokens',
  me: '/api/v1/me',
  held: '/api/v1/held',
  receipts: '/api/v1/receipts',
  receiptKey: '/api/v1/receipt-key',
  findStudies: '/api/v1/studies/find',
  originals: '/api/v1/studies/:studyId/originals',
  packOriginals: '/api/v1/studies/:studyId/originals/:packId',
  dicomweb: '/dicomweb',
} as const;

/** Fills a path's parameters in, each percent-encoded. */
export function pathOf(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replace(/:([A-Za-z]+)/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`the path ${path} needs ${name}`);
    return encodeURIComponent(value);
  });
}
