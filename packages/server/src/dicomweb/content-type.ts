import { uid } from '@symbolon/contract';

/**
 * A media type with the transfer syntax that it is in. What a file calls its transfer syntax is a sender's own text, with line ends if
 * they like: where it is no UID the type stands alone.
 */
export const contentType = (media: string, transferSyntax: string): string =>
  uid.safeParse(transferSyntax).success ? `${media}; transfer-syntax=${transferSyntax}` : media;
