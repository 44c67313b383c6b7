import { forgetDevice, ownDevices, ownFactors, removeFactor, renewRecoveryCodes } from '@symbolon/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

const factors = ['own factors'];
const devices = ['own devices'];

export function useOwnFactors() {
  return useQuery({ queryKey: factors, queryFn: ({ signal }) => ownFactors(exchange, signal) });
}

export function useOwnDevices() {
  return useQuery({ queryKey: devices, queryFn: ({ signal }) => ownDevices(exchange, signal) });
}

/** Whatever was done to factors may have ended trust, and been asked for as a session is. */
export function useFactorsChanged(): () => void {
  const queries = useQueryClient();
  return () => {
    for (const queryKey of [factors, devices, ['own sessions']]) void queries.invalidateQueries({ queryKey });
  };
}

export function useRemoveFactor() {
  const changed = useFactorsChanged();
  return useMutation({ mutationFn: (id: string) => removeFactor(exchange, id), onSettled: changed });
}

export function useRenewRecoveryCodes() {
  const changed = useFactorsChanged();
  // The answer is shown once: what nobody looks at any more is forgotten at once.
  return useMutation({ mutationFn: () => renewRecoveryCodes(exchange), gcTime: 0, onSettled: changed });
}

export function useForgetDevice() {
  const changed = useFactorsChanged();
  return useMutation({ mutationFn: (id: string) => forgetDevice(exchange, id), onSettled: changed });
}
