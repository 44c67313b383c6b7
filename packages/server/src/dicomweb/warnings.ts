import type { FastifyReply } from 'fastify';
import type { RenderedQuery } from './rendered-query.ts';

/** Says of an answer what else there is to know. Source: RFC 7234 §5.5 (299), as PS3.18 has it. */
export function warn(reply: FastifyReply, ...said: readonly (string | false)[]): void {
  const words = said.filter((one) => one !== false);
  if (words.length > 0) reply.header('warning', words.map((one) => `299 symbolon "${one}"`).join(', '));
}

/** Only what a header can hold of what a client wrote. */
export const ignoredWords = ({ ignored }: Pick<RenderedQuery, 'ignored'>): string | false =>
  ignored.length > 0 &&
  `of annotation this is not known, and was ignored: ${ignored
    .join(' ')
    .replace(/[^\w .-]/g, '?')
    .slice(0, 200)}`;
