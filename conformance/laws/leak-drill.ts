import { randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import {
  brokenFiles,
  cli,
  ctStudy,
  type Exchange,
  fileNameField,
  owner,
  plantedStudy,
  startExchange,
} from '@symbolon/testbed';
import { openWhole } from '@symbolon/vault';
import { sql } from 'kysely';
import { nodePrimitives, openKeys } from '../../packages/server/src/keys/index.ts';
import { packKey } from '../../packages/server/src/packs/pack-keys.ts';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { fetchStudy, folderOf, send } from './folder-of.ts';
import { type Form, formsOf, type Wanted } from './forms-of.ts';
import { type Finding, PatternSearch, searchBytes, searchFolder } from './search-bytes.ts';
