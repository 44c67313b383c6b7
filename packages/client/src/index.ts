export {
  account,
  accounts,
  changeAccount,
  createAccount,
  inviteOwnerAgain,
  myAccounts,
  switchAccount,
  transferAccount,
} from './accounts.ts';
export { addresses, setAddresses } from './addresses.ts';
export { auditCsvPath, auditRecords } from './audit.ts';
export { backUpNow, backups, backupsStatus, drillNow, releaseHeld, setBackupPolicy } from './backups.ts';
export { CertificateError, type CertificateErrorCode } from './certificate-error.ts';
export {
  chooseInConflict,
  conflict,
  conflicts,
  keptFile,
  undoChoice,
  versionPicturePath,
} from './conflicts.ts';
export { digestOf, type Hasher, type NewHasher } from './digest.ts';
export {
  certificatePath,
  type ErasureTarget,
  erase,
  erasure,
  erasureCertificate,
  erasures,
  holds,
  placeHold,
  previewErasure,
  releaseHold,
} from './erasure.ts';
export { ClientError, type ClientErrorCode } from './errors.ts';
export type { Exchange } from './exchange.ts';
export { explanation, userReach, userSight } from './explanation.ts';
export {
  addFactor,
  askPasskey,
  beginPasskey,
  beginTotp,
  forgetDevice,
  ownDevices,
  ownFactors,
  proveFactor,
  removeFactor,
  renewRecoveryCodes,
  resetFactors,
  signInWithPasskey,
} from './factors.ts';
export { createGrant, decideApproval, findGrantees, grants, revokeGrant } from './grants.ts';
export {
  changeGroup,
  createGroup,
  deleteGroup,
  dismiss,
  enrol,
  type GroupRef,
  group,
  groups,
} from './groups.ts';
export { held } from './held.ts';
export { acceptInvitation, acceptInvitationInBrowser, lookAtInvitation } from './invitations.ts';
export {
  beginReindex,
  beginReseal,
  keyRotation,
  keySchedule,
  keys,
  keysBackup,
  reindex,
  reseal,
  rotatePatientKeys,
  setKeySchedule,
} from './keys.ts';
export { createLink, links, linkUses, lookAtLink, openLink, revokeLink } from './links.ts';
export {
  askForPasswordReset,
  changeOwnEmail,
  confirmEmailChange,
  lookAtEmailChange,
  lookAtPasswordReset,
  makePasswordReset,
  setPasswordByLink,
} from './mailed-links.ts';
export { openInEmergency, openings, openingsStatus, reviewOpening, stateReason } from './openings.ts';
export { originalsPage, type Pack, packFiles } from './originals.ts';
export { type Clock, Patience, type PatienceOptions, passes, type Waiting } from './patience.ts';
export { createToken, me, setup, setupInBrowser } from './people.ts';
export { ReceiptError, type ReceiptErrorCode } from './receipt-error.ts';
export { fingerprintOf, publicKeyPem, readFingerprint, readPublicKey, type TrustedKey } from './receipt-key.ts';
export { askReceipt, canVerifyReceipts, maxReceiptFiles, receiptKey, requestReceipt } from './receipts.ts';
export {
  changeRole,
  compareRoles,
  createRole,
  deleteRole,
  role,
  roles,
  setRoleAddresses,
  setRoleFactor,
  templates,
} from './roles.ts';
export {
  changePassword,
  chooseSecondPassword,
  closeIdentities,
  endSessions,
  lockSession,
  openIdentities,
  ownPassword,
  ownSessions,
  proveAgain,
  session,
  signIn,
  signOut,
} from './sessions.ts';
export { setSignInPolicy, signInEffects, signInPolicy } from './sign-in-policy.ts';
export { SourceError, type SourceErrorCode } from './source-error.ts';
export {
  accountUsage,
  beginScrub,
  compaction,
  compactNow,
  scrub,
  scrubFindings,
  setAccountQuota,
  storage,
  sweep,
  usage,
} from './storage.ts';
export { type StoreFile, store } from './store.ts';
export type { StoreOutcome } from './store-answer.ts';
export { findStudies } from './studies.ts';
export {
  acceptTerms,
  setTerms,
  terms,
  termsAcceptances,
  termsAcceptancesCsvPath,
  termsVersions,
} from './terms.ts';
export { issueToken, revokeToken, tokens } from './tokens.ts';
export {
  type BodyPart,
  fetchTransport,
  type LazyBytes,
  readAll,
  type Transport,
  type TransportAnswer,
  type TransportRequest,
} from './transport.ts';
export { type Outcome, type UploadFile, type UploadOptions, upload } from './upload.ts';
export {
  assignRole,
  changeUser,
  clearSecondPassword,
  createService,
  createUser,
  everyUser,
  inviteAgain,
  letUserIn,
  removeUser,
  requirePasswordChange,
  suspendUser,
  user,
  users,
} from './users.ts';
export { certifiesStudy, verifyCertificate } from './verify-certificate.ts';
export { type FileFailure, type OpenFile, verifyFiles } from './verify-files.ts';
export { readReceipt, verifyReceipt } from './verify-receipt.ts';
export {
  archivePath,
  frame,
  framePath,
  images,
  type RenderedFrame,
  type StudyRoad,
  study,
  studyThumbnailPath,
  thumbnailPath,
  worklist,
} from './viewing.ts';
