import { pbkdf2 } from 'node:crypto';
import { parentPort, threadId } from 'node:worker_threads';

/** A worker as hostile pixels could leave it: what it does is written in the first byte of the frame. */
parentPort?.on('message', ({ source: { frame } }: { source: { frame: { bytes: Uint8Array } } }) => {
  switch (frame.bytes[0]) {
    case 0:
      for (;;);
    case 1:
      process.exit(1);
      break;
    case 2:
      throw new Error('PATIENT^NAME');
    case 3: {
      const held: number[][] = [];
      for (;;) held.push(new Array(1_000_000).fill(1));
    }
    case 4:
      // In a thread that does not end with this one.
      pbkdf2('a', 'b', 2_000_000, 64, 'sha512', () => {});
      break;
    case 5: {
      // It has taken much memory, and says who it was.
      const bytes = Uint8Array.of(threadId);
      parentPort?.postMessage({ kind: 'picture', picture: { bytes, window: null }, worn: true }, [bytes.buffer]);
      break;
    }
    default:
      setTimeout(() => {
        const bytes = Uint8Array.of(frame.bytes[0] as number);
        parentPort?.postMessage({ kind: 'picture', picture: { bytes, window: null } }, [bytes.buffer]);
      }, 20);
  }
});
parentPort?.postMessage({ kind: 'ready' });
