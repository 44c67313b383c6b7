import { Text } from '@mantine/core';
import administration from '../administration/administration.module.css';
import { useMe } from '../app/session.ts';
import { Card } from '../ui/card.tsx';
import { useToast } from '../ui/toast.tsx';
import { ChangePasswordForm } from './change-password-form.tsx';
import { useOwnPassword } from './security-queries.ts';
import { endedText, untilText } from './security-words.ts';

/** One's own password, and until when it holds. By what rules it is changed comes a moment later, or, where it does not, with the refusal. */
export function PasswordCard() {
  const { email } = useMe();
  const toast = useToast();
  const { data } = useOwnPassword();
  const until = data && untilText(data, Date.now());
  return (
    <Card title="Password">
      {until !== undefined && (
        <Text size="sm" className={administration.text} {...(until.soon && { fw: 600, role: 'status' })}>
          {until.text}
        </Text>
      )}
      <Text size="sm" className={administration.text}>
        Changing it signs you out everywhere else, in all your accounts. API tokens go on.
      </Text>
      <ChangePasswordForm
        email={email}
        rules={data?.rules}
        onChanged={(ended) => toast.say(`Your password is changed. ${endedText(ended)}`)}
      />
    </Card>
  );
}
