/** Builds the web app where its sources changed: `node tools/build-pages.ts`. An exchange does the same at its start. */
import { buildPages } from '@symbolon/web';

const { how, ms } = await buildPages();
console.log(how === 'built' ? `built in ${(ms / 1000).toFixed(1)} s` : how);
