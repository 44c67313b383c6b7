import { Agent } from 'node:http';
import { type Orthanc, orthancPeer, peerIsHere, startOrthanc } from '@symbolon/testbed';

export const orthancIsHere = (): boolean => peerIsHere(orthancPeer);

/** Orthanc on connections that stay, as a viewer has them. */
export type OrthancOfBench = Pick<Orthanc, 'dispose'> & {
  get(path: string, connection?: number): Promise<Buffer>;
  /** The ids of what was sent. */
  store(file: Uint8Array): Promise<string>;
  /** Ends and starts it again on the same data. */
  restart(): Promise<void>;
};

export async function startOrthancOfBench(): Promise<OrthancOfBench> {
  const orthanc = await startOrthanc({ Name: 'bench' });
  const agents: Agent[] = [];
  const ask = async (method: string, path: string, connection = 0, body?: Uint8Array): Promise<Buffer> => {
    agents[connection] ??= new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { accept: body ? '*/*' : 'image/jpeg' };
    const answer = await orthanc.ask(method, path, { headers, agent: agents[connection], ...(body && { body }) });
    if (answer.status === 200) return answer.body;
    throw new Error(`Orthanc answered ${answer.status}: ${answer.body.subarray(0, 200)}`);
  };
  const hangUp = (): void => {
    for (const agent of agents) agent?.destroy();
    agents.length = 0;
  };
  return {
    get: (path, connection) => ask('GET', path, connection),
    store: async (file) => (JSON.parse((await ask('POST', '/instances', 0, file)).toString()) as { ID: string }).ID,
    async restart() {
      hangUp();
      await orthanc.restart();
    },
    async dispose() {
      hangUp();
      await orthanc.dispose();
    },
  };
}
