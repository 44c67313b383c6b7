/** Whether the exchange answers at the moment, as far as our own requests have seen. */
type Outage = {
  readonly out: () => boolean;
  began(): void;
  ended(): void;
  subscribe(listener: () => void): () => void;
};

function newOutage(): Outage {
  const listeners = new Set<() => void>();
  let out = false;
  const become = (value: boolean): void => {
    if (out === value) return;
    out = value;
    for (const tell of listeners) tell();
  };
  return {
    out: () => out,
    began: () => become(true),
    ended: () => become(false),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const outage = newOutage();
