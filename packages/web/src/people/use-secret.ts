import { useLocation, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

/** Takes the secret out of the address bar, where the browser's history would keep it, into this page's memory. */
export function useSecret(page: string): string {
  const hash = useLocation({ select: (at) => at.hash });
  const router = useRouter();
  const [secret, setSecret] = useState(hash);
  useEffect(() => {
    if (hash === '') return;
    setSecret(hash);
    router.history.replace(page);
  }, [hash, page, router]);
  return secret;
}
