import { proveAgain } from '@symbolon/client';
import { useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { becomeSession } from '../app/session.ts';
import { PasswordForm } from './password-form.tsx';

/** Opens a screen that was locked and loaded anew: there was nothing to keep. */
export function UnlockStep() {
  const queries = useQueryClient();
  return (
    <PasswordForm
      label="Your password"
      button="Unlock"
      // Who it is is not told before.
      email=""
      give={(password) => proveAgain(exchange, { password })}
      onDone={(answer) => becomeSession(queries, answer)}
    />
  );
}
