type Factory = (settings: object) => Promise<unknown>;

const started = new Map<string, Promise<unknown>>();
/** The module becomes this very object: each needs one of its own. */
const silent = () => ({ print: () => {}, printErr: () => {} });

/**
 * Uses a compiled codec, which is loaded and started when it is first asked for under this name. After anything that it threw it is
 * started anew: what C++ leaves behind when it throws is not known. Throws what `use` throws.
 */
export async function withCompiled<M, T>(
  name: string,
  load: () => Promise<unknown>,
  use: (module: M) => T,
): Promise<T> {
  let module = started.get(name);
  if (module === undefined) {
    module = load().then((loaded) => (loaded as { default: Factory }).default(silent()));
    started.set(name, module);
  }
  try {
    return use((await module) as M);
  } catch (error) {
    started.delete(name);
    throw error;
  }
}
