import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { WaitingPage } from './waiting-page.tsx';

/** Leads elsewhere, once: where to is decided when this appears, however often it is drawn while the address changes. */
export function LeadTo({ address }: { readonly address: string }) {
  const { history } = useRouter();
  const [to] = useState(address);
  useEffect(() => history.replace(to), [history, to]);
  return <WaitingPage />;
}
