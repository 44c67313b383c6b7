export * from './actions.ts';
export * from './decisions.ts';
export * from './proven.ts';
export * from './roles.ts';
export * from './sentences.ts';
export * from './templates.ts';
