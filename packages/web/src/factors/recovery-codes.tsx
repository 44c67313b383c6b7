import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import administration from '../administration/administration.module.css';
import { saveFile } from '../upload/save-file.ts';
import classes from './factors.module.css';

function printCodes(): void {
  const { dataset } = document.documentElement;
  dataset.printing = 'codes';
  addEventListener('afterprint', () => delete dataset.printing, { once: true });
  print();
}

type RecoveryCodesProps = { readonly codes: readonly string[]; readonly onDone: () => void };

/** Shown once: whoever loses the rest gets in with one of these. */
export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const [kept, setKept] = useState(false);
  const host = location.host;
  const download = () => {
    const text = `Recovery codes for ${host}\nEach works once, in place of your second factor.\n\n${codes.join('\n')}\n`;
    saveFile('symbolon-recovery-codes.txt', new Blob([text], { type: 'text/plain' }));
    setKept(true);
  };
  return (
    <Stack gap="sm" role="group" aria-label="Recovery codes">
      <div className={classes.paper}>
        <Text fw={600}>Your recovery codes for {host}</Text>
        <Text size="sm" className={administration.text} mb="xs">
          Each of them signs you in once, after your password, when you have lost your phone or your passkey. They are
          shown only now. Keep them where nobody else finds them, and not on that phone alone.
        </Text>
        <ul className={classes.codes}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <Group gap="xs">
        <Button className={administration.target} variant="default" onClick={download}>
          Save them as a file
        </Button>
        <Button
          className={administration.target}
          variant="default"
          onClick={() => {
            printCodes();
            setKept(true);
          }}
        >
          Print them
        </Button>
        <Button className={administration.target} variant={kept ? 'filled' : 'default'} onClick={onDone}>
          I have kept them
        </Button>
      </Group>
    </Stack>
  );
}
