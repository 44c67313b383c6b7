import { useEffect, useState } from 'react';

const everyMs = 20_000;

/** The time, so that "in 2 minutes" and "open" do not stand still while somebody looks at them. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, []);
  return now;
}
