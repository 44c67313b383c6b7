import type { Generated } from 'kysely';

export type Timestamps = { created_at: Generated<Date> };
/** 64-bit blind tokens (design of the sealed search: docs/formats/search-tokens.md). */
export type Tokens = { tokens: bigint[] };
