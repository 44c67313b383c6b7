import { again, keeper, type RefusalWords } from './problem-words.ts';

/**
 * What the exchange refuses, in words for people. Apart from the rest, because it is long and the first page is to be small: it
 * is loaded with the first refusal.
 */
export const refusalWords: RefusalWords = {
  ACCESS_ADDRESS_REFUSED: {
    happened: 'From where you are the account, your role or your token cannot be used.',
    advice: 'Come from another network, or ask an administrator.',
  },
  ACCESS_CROSS_SITE: {
    happened: 'The request did not come from a page of this exchange, so it was refused.',
    advice: 'Open the exchange by its own address and try again.',
  },
  ACCESS_PROOF_NEEDED: {
    happened: 'For this it must be certain that it is you, so nothing was done.',
    advice: 'Try again, and give your password when you are asked for it.',
  },
  ACCESS_REFUSED: {
    happened: 'Your role does not allow this.',
    advice: 'Ask an administrator of your account.',
  },
  ACCESS_SIGN_IN_NEEDED: { happened: 'You are not signed in any more.', advice: 'Sign in again.' },
  ACCESS_SIGN_IN_UNFINISHED: {
    happened: 'Something is still to be done before you are signed in.',
    advice: 'Open the sign-in page: it says what.',
  },
  ACCESS_TOO_MANY_TRIES: { happened: 'There were too many tries.', advice: 'Wait a little, then try again.' },
  ACCOUNT_CLOSED: {
    happened: 'Everything that this account held was erased, and it was closed.',
    advice: 'Nothing can be done in it any more.',
  },
  ACCOUNT_EXISTS_ALREADY: { happened: 'This exchange has been set up already.', advice: 'Sign in instead.' },
  ADDRESSES_WITHOUT_YOU: {
    happened: 'This list would lock you out, so nothing was changed.',
    advice: 'Put the address that you come from into it.',
  },
  ACCOUNT_NOT_FOUND: {
    happened: 'There is no such account, or you are no member of it.',
    advice: 'Choose another account.',
  },
  ACCOUNT_OWNER_UNFIT: {
    happened: 'Only an active administrator of the account can become its owner.',
    advice: 'Give the person the administrator role first.',
  },
  BACKUP_NO_PLACE: {
    happened: 'No place for backups is set.',
    advice: 'The keeper of the exchange names one in SYMBOLON_BACKUPS.',
  },
  BLOBS_UNAVAILABLE: {
    happened: 'The image store could not be written.',
    advice: 'Try again later. The keeper of the exchange should look at its disk space.',
  },
  CONFLICT_CHANGED: {
    happened: 'This changed since you looked at it, so nothing was done.',
    advice: 'Look at it again, then choose.',
  },
  CONFLICT_NOT_FOUND: { happened: 'There is no such choice.', advice: 'Reload the page.' },
  DATABASE_UNAVAILABLE: { happened: 'The database of the exchange does not answer.', advice: again },
  DEVICE_NOT_FOUND: { happened: 'This browser was forgotten already.', advice: 'Load the page again.' },
  EMERGENCY_NOTHING_FOUND: {
    happened: 'No study has exactly this identifier, or none that you could open. Nothing was opened.',
    advice: 'Check every character of it, or try another one: the accession number, the patient ID.',
  },
  EMAIL_TAKEN: {
    happened: 'Somebody signs in with this address already. Yours was not changed.',
    advice: 'Take another, or sign in with that one.',
  },
  ERASURE_AMBIGUOUS: {
    happened: 'Several studies have this Study Instance UID, so nothing was erased.',
    advice: 'Erase the one that is meant on its own page.',
  },
  ERASURE_CHANGED: {
    happened: 'What is there is not what was shown to you, so nothing was erased.',
    advice: 'Look at it again, then choose.',
  },
  ERASURE_HELD: {
    happened: 'A hold stops this, so nothing was erased.',
    advice: 'Whoever may can release the hold; then try again.',
  },
  ERASURE_NOT_CERTIFIED: {
    happened: 'This erasure is not done yet, so there is no certificate of it.',
    advice: 'Wait a little; it goes on by itself.',
  },
  ERASURE_NOT_FOUND: { happened: 'There is no such erasure.', advice: 'Look at the list of erasures.' },
  ERASURE_UNDER_WAY: {
    happened: 'Something of this is being erased already, so no hold was placed.',
    advice: 'Wait until that is done; then hold what is left.',
  },
  FACTOR_ENROLMENT_OVER: { happened: 'This took too long, or was finished elsewhere.', advice: 'Begin again.' },
  FACTOR_NEEDED: {
    happened: 'This needs your second factor.',
    advice:
      'Give the code of your authenticator app, or go on in a browser; in one that you trust, show it on the page My security.',
  },
  FACTOR_NOT_FOUND: { happened: 'There is no such second factor any more.', advice: 'Load the page again.' },
  FACTOR_REQUIRED: {
    happened: 'An account of yours wants a second factor, and this is your last one.',
    advice: 'Add another one first.',
  },
  FACTOR_TOO_MANY: {
    happened: 'You have as many passkeys as one can have.',
    advice: 'Remove one that you do not use.',
  },
  FACTOR_WRONG: {
    happened: 'This was not accepted.',
    advice:
      'A code works once, and for a short time: wait for the next one. A passkey works for its own person, while they are let in. Or try another way.',
  },
  FRAME_NOT_FOUND: { happened: 'The image has fewer frames than that.', advice: 'Reload the page.' },
  GRANTEE_NOT_FOUND: {
    happened: 'This person or group is not in your account any more.',
    advice: 'Choose somebody else.',
  },
  GRANT_BEYOND_OWN: {
    happened: 'By this grant somebody could do more than you, or for longer.',
    advice: 'Grant what you see yourself, and for no longer than you see it.',
  },
  GRANT_NOT_FOUND: { happened: 'There is no such grant.', advice: 'Reload the page.' },
  GRANT_TO_ONESELF: { happened: 'Nobody grants anything to themselves.', advice: 'Choose somebody else.' },
  GROUP_HOLDS_STUDIES: {
    happened: 'Studies live in it, so it was not deleted.',
    advice: 'Leave it as it is and take its people out.',
  },
  GROUP_NAME_TAKEN: {
    happened: 'There is one of this name already.',
    advice: 'Take another name.',
  },
  GROUP_NOT_FOUND: {
    happened: 'There is no such group or location, or you may not see it.',
    advice: 'Go back to the list.',
  },
  HOLD_NOT_FOUND: {
    happened: 'There is no such hold, or it was released already.',
    advice: 'Reload the page.',
  },
  IDENTITIES_CLOSED: {
    happened: 'Identities are closed, and this would show some.',
    advice: 'Open them with your second password, then try again.',
  },
  INTAKE_CONTENT_TYPE_UNSUPPORTED: {
    happened: 'What was sent is not of a kind that the exchange takes.',
    advice: 'Send DICOM files.',
  },
  INTAKE_EMPTY: { happened: 'Nothing was sent.', advice: 'Choose at least one file.' },
  INTAKE_MULTIPART_BROKEN: {
    happened: 'What was sent did not arrive whole.',
    advice: 'Send it again; what arrived is not sent twice.',
  },
  INTERNAL_ERROR: { happened: 'The exchange made a mistake.', advice: `Try once more. ${keeper}` },
  INVITATION_EXPIRED: {
    happened: 'The time of this invitation is over.',
    advice: 'Ask the one who invited you for a new one.',
  },
  INVITATION_NOT_FOUND: {
    happened: 'There is no such invitation.',
    advice: 'Open the whole address as it was sent, or ask for a new one.',
  },
  INVITATION_PASSWORD_WRONG: {
    happened: 'You have a password on this exchange already, and this is not it.',
    advice: 'Give the password with which you sign in elsewhere on this exchange.',
  },
  INVITATION_USED: {
    happened: 'This invitation was taken up already.',
    advice: 'Sign in. If it was not you who took it up, tell the one who invited you.',
  },
  KEYS_BUSY: { happened: 'Keys are being replaced or copied just now.', advice: 'Try again when that is done.' },
  KEYS_UNAVAILABLE: { happened: 'The keys of the exchange cannot be read at the moment.', advice: again },
  LINK_EXPIRED: { happened: 'This link has expired.', advice: 'Ask the person who sent it for a new one.' },
  LINK_NOT_FOUND: {
    happened: 'There is no such link.',
    advice: 'Check that the address was copied whole, or ask the person who sent it.',
  },
  LINK_PASSWORD_WRONG: {
    happened: 'The password is not right.',
    advice: 'Check it with the person who sent you the link.',
  },
  LINK_REVOKED: {
    happened: 'This link was withdrawn by the person who sent it.',
    advice: 'Ask them for a new one if you still need it.',
  },
  MAILED_LINK_NOT_FOUND: {
    happened: 'There is no such link, or a newer one took its place.',
    advice: 'Open the newest mail, or ask for another link.',
  },
  MAILED_LINK_OVER: { happened: 'This link was used already, or its hour is over.', advice: 'Ask for another one.' },
  MAIL_NOT_SET_UP: {
    happened: 'This exchange sends no mails.',
    advice: 'Ask an administrator of your account for a link.',
  },
  METHOD_NOT_ALLOWED: { happened: 'The exchange does not take this here.', advice: 'Reload the page.' },
  NOT_ACCEPTABLE: {
    happened: 'The exchange cannot give this in the form that was asked for.',
    advice: 'Reload the page.',
  },
  NOT_FOUND: { happened: 'There is nothing at this address.', advice: 'Go back and try another way.' },
  OPENING_NOT_FOUND: { happened: 'There is no such opening.', advice: 'Reload the page.' },
  OPENING_NOT_NEEDED: { happened: 'You may open this study without a reason.', advice: 'Reload the page.' },
  OPENING_OF_ONESELF: {
    happened: 'You opened this yourself, so somebody else has to review it.',
    advice: 'Ask another administrator of your account.',
  },
  PASSWORD_WRONG: { happened: 'The password is not right.', advice: 'Type the one that you sign in with now.' },
  PASSWORDS_BUSY: { happened: 'Too many people sign in at this moment.', advice: again },
  SECOND_PASSWORD_WRONG: {
    happened: 'The second password is not right.',
    advice: 'Type it again. Who forgot it asks an administrator.',
  },
  SESSION_NOT_FOUND: { happened: 'You are not signed in there any more.', advice: 'Look at the list again.' },
  PASSKEY_NOT_HERE: {
    happened: 'This exchange is reached by an IP address, and passkeys need a name.',
    advice: 'Use an authenticator app, or ask whoever runs the exchange to give it a name.',
  },
  PASSWORD_TOO_WEAK: { happened: 'This password is too weak.', advice: 'Take a longer one.' },
  PIXELS_NOT_RENDERABLE: {
    happened: 'This image cannot be shown here.',
    advice: 'Download the study and open it in another program.',
  },
  QUOTA_EXCEEDED: {
    happened: 'Your account holds as much as it may.',
    advice: 'Ask an administrator of your account to raise the limit, then send it again.',
  },
  REASON_NEEDED: {
    happened: 'You may open this study for a stated reason only.',
    advice: 'Say why you open it.',
  },
  RECEIPT_INSTANCE_NOT_HELD: {
    happened: 'A receipt was asked for files that are not held yet.',
    advice: 'Send them, then ask again.',
  },
  REINDEX_UNDER_WAY: {
    happened: 'What studies are found by is being made anew already.',
    advice: 'Wait until that is done, then ask again.',
  },
  RENDERING_BUSY: { happened: 'The exchange is busy with other images.', advice: again },
  REQUEST_INVALID: { happened: 'The exchange could not make sense of this.', advice: 'Check what you entered.' },
  REQUEST_TOO_LARGE: { happened: 'That was more than the exchange takes at once.', advice: 'Ask for less at once.' },
  RESTORE_NOTHING_HELD: {
    happened: 'Nothing is held any more.',
    advice: 'Somebody has decided already.',
  },
  RIGHTS_BEYOND_YOURS: {
    happened: 'This would give somebody more than you may do yourself, so nothing was changed.',
    advice: 'Ask an administrator who may do all of that.',
  },
  ROLE_BUILT_IN: {
    happened: 'The roles that every account has are neither changed nor deleted.',
    advice: 'Clone it and change the clone.',
  },
  ROLE_IN_USE: {
    happened: 'Somebody has this role, so it was not deleted.',
    advice: 'Give them another one first.',
  },
  ROLE_NAME_TAKEN: {
    happened: 'There is a role of this name already.',
    advice: 'Take another name.',
  },
  ROLE_NOT_FOUND: {
    happened: 'There is no such role.',
    advice: 'Go back to the list.',
  },
  SEALED_DATA_DAMAGED: {
    happened: 'What is kept does not open as it should. Nothing was given out.',
    advice: keeper,
  },
  SETUP_SECRET_WRONG: {
    happened: 'The set-up link is not right, or was used already.',
    advice: 'Open the link that the exchange printed when it was started last.',
  },
  STORAGE_FULL: {
    happened: 'There is no room for new images at the moment.',
    advice:
      'Tell the keeper of this exchange. What is held can be looked at; send the new images again when there is room.',
  },
  STUDY_NOT_FOUND: {
    happened: 'There is no such study, or you may not see it.',
    advice: 'Go back to the list of studies.',
  },
  SWEEP_COMMIT_OPEN: { happened: 'The database is still busy with something old.', advice: keeper },
  SWEEP_RUNNING: { happened: 'A sweep runs already.', advice: 'Wait until it is done.' },
  SWEEP_TOO_MANY: { happened: 'Much of what is stored is unknown to the database.', advice: keeper },
  TERMS_CHANGED: {
    happened: 'There is another version of the terms of use now, so nothing was done.',
    advice: 'Look at it, then go on.',
  },
  TOKEN_LIFE_TOO_LONG: {
    happened: 'A token of a person must end, within 366 days from now.',
    advice: 'Choose another day.',
  },
  TOKEN_NOT_FOUND: { happened: 'There is no such token any more.', advice: 'Look at the list again.' },
  USER_ELSEWHERE_TOO: {
    happened: 'They are in another account, too, so this is not for one account to do.',
    advice: 'Ask whoever runs the exchange.',
  },
  USER_EXISTS_ALREADY: {
    happened: 'Somebody with this e-mail address is in the account already.',
    advice: 'Look for them in the list of people.',
  },
  USER_IS_LAST_ADMINISTRATOR: {
    happened: 'This is the last active administrator of the account.',
    advice: 'Give somebody else the administrator role first.',
  },
  USER_IS_OWNER: {
    happened: 'This is the owner of the account.',
    advice: 'The owner gives the account to another administrator first.',
  },
  USER_NOT_FOUND: {
    happened: 'There is no such person in the account any more.',
    advice: 'Look at the list of people again.',
  },
  USER_STATE_OTHER: {
    happened: 'The person is not, or no longer, in the state that this needs.',
    advice: 'Look at the person again.',
  },
};
