import canonicalize from 'canonicalize';
import { createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';
import { UpdateError } from '../../updates/ports.ts';
import type { Offer } from '../../updates/ports.ts';

const MAX_INSTALLER_BYTES = 4 * 1024 ** 3;
const MAX_BLOCK_MAP_BYTES = 64 * 1024 ** 2;

/** What is used of a `latest.yml`; electron-builder writes more. */
const offerFile = z.object({
  version: z.string().max(100),
  files: z
    .array(
      z.object({
        url: z.string().min(1).max(1000),
        sha512: z.string().min(1).max(200),
        // The library takes memory by these two, which nobody signs.
        size: z.int().min(0).max(MAX_INSTALLER_BYTES).optional(),
        blockMapSize: z.int().min(0).max(MAX_BLOCK_MAP_BYTES).optional(),
      }),
    )
    .min(1)
    .max(50),
  stagingPercentage: z.coerce.number().min(0).max(100).nullish(),
  /** Base64: Ed25519 over `signedContent`. */
  signature: z.string().max(200).optional(),
  // Both would name files that nothing here signs.
  packages: z.undefined().optional(),
});
export type OfferFile = z.infer<typeof offerFile>;

/** @throws UpdateError `unreadable` */
export function readOfferFile(given: unknown): OfferFile {
  const { data, error } = offerFile.safeParse(given);
  if (data) return data;
  const [issue] = error.issues;
  throw new UpdateError(
    'unreadable',
    `the server’s file isn’t an offer: ${issue?.path.join('.')} ${issue?.code}`,
  );
}

/**
 * The bytes that are signed: version and hashes in canonical JSON (RFC 8785). The share of a staged
 * roll-out isn't among them: whoever runs the server changes it without the key, and can do no more
 * by it than withhold an update.
 */
export const signedContent = ({ version, files }: Pick<OfferFile, 'version' | 'files'>): Buffer =>
  Buffer.from(
    canonicalize({ version, files: files.map(({ url, sha512 }) => ({ url, sha512 })) }) ?? '',
    'utf8',
  );

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

/** @param keys Ed25519 public keys of the publisher, the 32 bytes in base64 */
export function signatureOf(file: OfferFile, keys: readonly string[]): Offer['signature'] {
  if (file.signature === undefined) return 'none';
  const content = signedContent(file);
  const signature = Buffer.from(file.signature, 'base64');
  const isRight = keys.some((key) =>
    verify(
      null,
      content,
      createPublicKey({
        key: Buffer.concat([SPKI_ED25519, Buffer.from(key, 'base64')]),
        format: 'der',
        type: 'spki',
      }),
      signature,
    ),
  );
  return isRight ? 'right' : 'wrong';
}
