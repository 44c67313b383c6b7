import { Button, Group, Text, Textarea } from '@mantine/core';
import { maxTermsBytes, type TermsAnswer } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { Card } from '../ui/card.tsx';
import { useToast } from '../ui/toast.tsx';
import { useSetTerms } from './terms-queries.ts';

const tidy = (text: string): string => text.replace(/\r\n?/g, '\n').trim();

/** Writes the terms that hold from now on; what it does to everybody is said before it is done. */
export function TermsForm({ terms }: { readonly terms: TermsAnswer }) {
  const [text, setText] = useState(terms.text);
  const [asking, setAsking] = useState<boolean>();
  const setting = useSetTerms();
  const toast = useToast();
  const same = tidy(text) === terms.text;
  const none = tidy(text) === '';
  const tooLong = new TextEncoder().encode(tidy(text)).length > maxTermsBytes;
  const go = () =>
    setting.mutate(
      { text, after: terms.version },
      { onSuccess: () => toast.say(none ? 'Nobody has to accept anything any more.' : 'The terms of use are set.') },
    );
  return (
    <Card title="What holds">
      <Text size="sm" className={classes.text}>
        {terms.version === 0
          ? 'There are none: nobody has to accept anything.'
          : terms.text === ''
            ? `Since version ${terms.version} nobody has to accept anything.`
            : `Version ${terms.version}. Everybody accepts it before they go on; API tokens are not asked.`}
      </Text>
      <Textarea
        label="Text"
        description="Plain text; an empty line ends a paragraph. Empty: none hold."
        minRows={10}
        rows={14}
        size="md"
        value={text}
        error={tooLong && 'It is longer than 100 kB.'}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          setting.reset();
        }}
      />
      {asking ? (
        <Confirm
          title={none ? 'Have nobody accept anything any more?' : 'Ask everybody to accept this?'}
          yes={none ? 'Take the terms away' : 'Set these terms'}
          no="Go on writing"
          pending={setting.isPending}
          error={setting.error}
          onYes={go}
          onNo={() => setAsking(false)}
        >
          {none
            ? 'What was accepted stays on record.'
            : 'At their next click everybody of the account, you too, reads this text and accepts it, or signs out. Uploads and downloads in browsers wait for that. It becomes a version of its own; earlier ones stay on record with who accepted them.'}
        </Confirm>
      ) : (
        <Group gap="xs">
          <Button
            className={classes.target}
            disabled={same || tooLong}
            autoFocus={asking === false}
            onClick={() => setAsking(true)}
          >
            Set the terms
          </Button>
        </Group>
      )}
    </Card>
  );
}
