import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { readOfferFile, signedContent } from '../src/main/adapters/updates/signed-offer.ts';

// `node scripts/sign-update.ts KEY.pem dist/latest.yml …` signs what electron-builder has written,
// after it has compared the hashes with the installers beside it. docs/updates.md says the rest.

/** The text of a channel's file with the publisher's signature in it, in place of a former one. */
export function signedUpdate(text: string, key: KeyObject): string {
  const document = parseDocument(text);
  document.delete('signature');
  const offer = readOfferFile(document.toJS());
  document.set('signature', sign(null, signedContent(offer), key).toString('base64'));
  return document.toString({ lineWidth: 0 });
}

async function sha512(file: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return hash.digest('base64');
}

async function main([keyFile, ...files]: string[]): Promise<void> {
  if (keyFile === undefined || files.length === 0)
    throw new Error('Use: node scripts/sign-update.ts KEY.pem FILE.yml …');
  const key = createPrivateKey(await readFile(keyFile));
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(
      `${keyFile} isn’t an Ed25519 key. Make one: openssl genpkey -algorithm ed25519`,
    );
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    for (const one of readOfferFile(parseDocument(text).toJS()).files)
      if ((await sha512(path.join(path.dirname(file), one.url))) !== one.sha512)
        throw new Error(`${one.url} isn’t what ${file} says. Build it anew before you sign it.`);
    await writeFile(file, signedUpdate(text, key));
    console.log(`${file}: signed`);
  }
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
  console.log(
    `for src/main/electron/update-keys.ts: ${publicKey.subarray(-32).toString('base64')}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
