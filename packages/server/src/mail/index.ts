export { mailFigures } from './figures.ts';
export type { MailKind } from './kinds.ts';
export { inert, type Letter, letterOf, type Words } from './letter.ts';
export { forgetMails, type MailRow, mailOf } from './mail.store.ts';
export { type MailSettings, readMailSettings } from './mail-settings.ts';
export { Outbox } from './outbox.ts';
export { type Postman, postmanOf } from './postman.ts';
export { MailJob } from './send-mails.job.ts';
