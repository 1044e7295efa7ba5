import type { ErrorCode } from '../../../shared/errors.ts';

/** What happened, what is safe, what to do. One text for every code there is. */
export const errors: Record<ErrorCode, string> = {
  'signed-out': 'You’re not signed in. Sign in to download.',
  'invalid-credentials': 'Incorrect email or password.',
  'verification-required': 'This address isn’t verified yet. Enter the code we sent.',
  'session-ended': 'Your session has ended. Sign in again to resume your downloads.',
  'account-suspended':
    'This account is suspended. To reopen it, contact the service through its website.',
  'code-invalid': 'Incorrect code.',
  'code-expired': 'This code has expired. Send a new one.',
  'flow-closed': 'This code was used or entered incorrectly too often. Start again.',
  'resend-too-soon': 'You can send a new code in a moment.',
  'too-many-attempts': 'Too many attempts. Try again later.',
  'validation-failed': 'Check the marked fields.',
  'reauth-required': 'Enter your password again to do this.',
  'edit-conflict':
    'This was changed elsewhere in the meantime. You’re seeing the latest version: make your change again and save.',
  'no-pending-flow': 'No code is expected. Start again.',
  'keychain-absent': 'This computer has no keychain. You stay signed in until you close the app.',
  'keychain-locked': 'The keychain is locked. Nothing is lost. Unlock it, then try again.',
  'keychain-unanswered': 'The keychain isn’t responding. Nothing is lost. Try again in a moment.',
  'keychain-unreadable': 'The keychain entry couldn’t be read and was set aside. Sign in again.',
  'credentials-closed':
    'The credential file can’t be opened: its key is missing or another one. Nothing is lost. Start with the right key.',
  'password-needed':
    'The password for this address isn’t available because there’s no keychain or it’s locked. Unlock it, or add the address again with its password. Downloaded files stay.',
  offline: 'You’re offline. What’s saved on this computer still works.',
  'https-required':
    'The address must start with https://. Over http, others can read your password.',
  'service-unreachable': 'The service isn’t responding. Retrying automatically.',
  'service-error': 'The service has a problem. Try again in a moment.',
  'rate-limited': 'Too many requests. Try again in a moment.',
  timeout: 'The service didn’t respond in time. Try again.',
  tls: 'The service’s certificate isn’t trusted. Nothing was sent.',
  'proxy-unreachable':
    'The proxy can’t be reached. Retrying automatically. If it stays so, check it under Settings, Connection.',
  'proxy-auth':
    'The proxy asks for a user name and password. Enter them under Settings, Connection.',
  'proxy-refused':
    'The proxy doesn’t let this address through. Retrying automatically. Ask your IT department to allow it.',
  'client-too-old': 'This version of the app is too old for the service. Update it.',
  'origin-refused': 'The download server refused access. Getting a new link automatically.',
  'origin-error': 'The download server has a problem. Retrying automatically.',
  'captive-portal':
    'A web page answered instead of the service. Log in to this network in your browser first.',
  stalled: 'The connection stalled. Retrying automatically.',
  'redirect-refused':
    'The download server redirected to an unsafe address. Nothing was downloaded from it.',
  'short-body': 'The connection dropped. The download resumes where it left off.',
  'range-ignored': 'The download server can’t resume. The file starts from the beginning.',
  'source-changed':
    'The file has changed on the server, so what was downloaded before can’t be completed or repaired.',
  'source-blocked':
    'The source answered with a web page or a browser check. Retrying automatically. Its footage stays in the catalogue.',
  'source-gone':
    'The publisher has closed this source for good. Its footage stays in the catalogue, but nothing new will come.',
  'key-refused': 'The source requires a key or a password, or refused the one it was given.',
  'hash-mismatch': 'The file on the server is damaged or has changed. It wasn’t saved.',
  'manifest-invalid': 'The file list isn’t valid. Nothing was downloaded.',
  'untrusted-key': 'The file list has an unknown signing key. Nothing was downloaded.',
  'other-package':
    'The folder contains another package or version. Repair it to get the right one back.',
  'unsafe-name':
    'A file name is unsafe or leads out of the folder. Files under such names were not downloaded.',
  'feed-invalid': 'There’s no readable feed at this address.',
  'several-feeds': 'This page has several feeds. Use the address of one of them.',
  'no-feed': 'This page has no feed. You can save the page itself instead.',
  'page-unreadable': 'There’s no readable article at this address. Open the page in a browser.',
  'ledger-broken': 'The ledger was changed after it was written. See History and ledger.',
  'metalink-invalid': 'This isn’t a valid Metalink file.',
  'disk-full': 'The disk is full. Free up space and the download resumes automatically.',
  'disk-error': 'The disk reported an error. Verified files are safe.',
  'destination-missing':
    'The folder can’t be found. Reconnect the disk and the download resumes automatically.',
  'not-permitted': 'The folder can’t be written to. Choose another one or change its permissions.',
  exists: 'Another file already has this name. It was left untouched.',
  'file-too-large': 'The disk’s file system can’t hold a file this large.',
  'not-found': 'This is no longer available.',
  withdrawn: 'Withdrawn by the publisher. Do not use it.',
  'on-hold': 'Put on hold by the publisher. Do not use it until it’s released.',
  expired: 'The licence has expired. No new use.',
  superseded: 'A newer version is available.',
  'other-service': 'It comes from another service than the one in use.',
  'cursor-expired': 'The list has changed and is reloading.',
  embargoed: 'This is under embargo.',
  'territory-restricted': 'Not cleared for your territory.',
  'platform-restricted': 'Not cleared for the platforms you publish on.',
  'restriction-unacknowledged': 'Confirm the restrictions first.',
  'terms-not-accepted': 'The terms of use have changed. Accept them to resume your downloads.',
  'entitlement-missing': 'Your account doesn’t include this.',
  'copies-refused': 'The publisher doesn’t allow copies of this article.',
  'quota-exceeded': 'You’ve reached today’s download quota.',
  managed: 'Set by your administrator. It can’t be changed here.',
  usage: 'This isn’t a valid value.',
  'home-in-use': 'The app is already running.',
  'invalid-payload': 'This isn’t a valid value.',
  forbidden: 'This isn’t allowed.',
  cancelled: 'Cancelled.',
  'no-browser':
    'A PDF needs a browser on this computer. Install Chromium, Chrome or Edge, or save a web page instead.',
  'pdf-failed': 'The PDF couldn’t be made. Try again, or save a web page instead.',
  bug: 'Something went wrong. Nothing saved is lost. Details are in the log.',
};
