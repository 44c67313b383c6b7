import { type Answer, type Site, startSite } from '../dicomweb/dicomweb-client.ts';

export type { Answer, Site };

export type Study = {
  id: string;
  patient: { name: string; id: string; birthDate: string | null; sex: string };
  date: string | null;
  time: string | null;
  description: string;
  accession: string;
  modalities: string[];
  seriesCount: number;
  instanceCount: number;
  bytes: number;
  arrivedAt: string;
  misidentified: boolean;
};
export type Worklist = { studies: Study[]; total: number | null; warning: string | null };
export type AuditRecord = {
  id: string;
  at: string;
  who: { kind: string; name: string; userId: string | null; linkId: string | null };
  by: string | null;
  address: string;
  action: string;
  kind: string;
  outcome: string;
  study: { id: string; patientName: string; date: string | null } | null;
  detail: Record<string, unknown> | null;
};
export type AuditPage = { records: AuditRecord[]; next: string | null };

/** A real exchange, asked as the web app asks it, but with a token. */
export type WebSite = Site & {
  json<T>(path: string, query?: Readonly<Record<string, string | number>>): Promise<T>;
  worklist(query?: Readonly<Record<string, string | number>>): Promise<Worklist>;
  audit(query?: Readonly<Record<string, string>>): Promise<AuditPage>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
};

export async function startWebSite(): Promise<WebSite> {
  const site = await startSite();
  const json: WebSite['json'] = async (path, query = {}) => {
    const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const answer = await site.get(`${path}?${parameters}`);
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body.toString('utf8'));
  };
  const post: WebSite['post'] = (path, body, headers = {}) =>
    site.send('POST', path, { 'content-type': 'application/json', ...headers }, Buffer.from(JSON.stringify(body)));
  return {
    ...site,
    json,
    async worklist(query = {}) {
      const answer = await post('/api/v1/studies/search', query);
      if (answer.status !== 200) throw new Error(`the worklist answered ${answer.status}: ${answer.body}`);
      return JSON.parse(answer.body.toString('utf8'));
    },
    audit: (query) => json('/api/v1/audit', query),
    post,
  };
}

/** A link to a study, opened: the headers by which its visitor is known. */
export async function openedLink(
  site: WebSite,
  studyId: string,
  download: boolean,
): Promise<{ linkId: string; headers: Record<string, string> }> {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const made = await site.post(`/api/v1/studies/${studyId}/links`, { expiresAt, download });
  if (made.status !== 201) throw new Error(`the link was not made: ${made.status} ${made.body}`);
  const { link, address } = JSON.parse(made.body.toString()) as { link: { id: string }; address: string };
  const secret = new URL(address).hash.slice(1);
  const origin = site.exchange.url;
  const opened = await site.post(`/api/v1/shared/${link.id}/open`, { secret }, { authorization: '', origin });
  if (opened.status !== 200) throw new Error(`the link did not open: ${opened.status} ${opened.body}`);
  const [cookie = ''] = opened.headers['set-cookie'] ?? [];
  return { linkId: link.id, headers: { authorization: '', cookie: cookie.split(';')[0] as string } };
}
