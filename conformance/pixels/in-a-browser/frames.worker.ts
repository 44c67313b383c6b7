import { digestOfFrame } from './digest-of-frame.ts';

/** What a page's own thread answers to a file: the digest of its frame, or why there is none. */
self.onmessage = ({ data }: MessageEvent<Uint8Array>) => {
  digestOfFrame(data).then(
    (digest) => self.postMessage(digest),
    (error) => self.postMessage(String(error)),
  );
};
