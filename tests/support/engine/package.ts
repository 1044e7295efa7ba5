import type { AppError } from '../../../src/shared/errors.ts';
import { generateKeyPairSync, sign } from 'node:crypto';
import canonicalize from 'canonicalize';
import type {
  Authorisation,
  AuthorisedUrl,
  PackageSource,
  ServiceKey,
} from '../../../src/main/transfers/ports.ts';
import { sha256 } from './origin.ts';

const MIB = 1024 * 1024;
/** The origin that serves the package's files. */
export type Shelf = {
  url: string;
  serve(path: string, bytes: Buffer, more: { type: string }): unknown;
  files: ReadonlyMap<string, { etag: string | null }>;
};
export type TestFile = {
  path: string;
  bytes: Buffer;
  mediaType?: string;
  pieceBytes?: number;
  role?: string;
  language?: string;
};

function piecesOf({ bytes, pieceBytes = MIB }: TestFile): object | undefined {
  if (bytes.length <= pieceBytes) return undefined;
  const hashes = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, i) =>
    sha256(bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes)),
  );
  return {
    algorithm: 'sha256',
    pieceBytes,
    hashes,
    sha256OfList: sha256(Buffer.concat(hashes.map((hash) => Buffer.from(hash, 'hex')))),
  };
}

/**
 * A service with one signed package on a scripted origin; addresses carry a generation, so that a
 * renewed one differs.
 */
export class PackageService implements PackageSource {
  readonly #origin: Shelf;
  readonly #keys = generateKeyPairSync('ed25519');
  readonly #files: TestFile[];
  keyId = 'key_1';
  json: Record<string, unknown>;
  name = 'https://service.example';
  expiresInMs = 900_000;
  maxParallel = 8;
  /** Sent with each address. */
  headers: Record<string, string> = {};
  renewals = 0;
  /** Thrown by each authorisation. */
  refusal: AppError | null = null;
  /** File ids of each authorisation. */
  authorised: string[][] = [];
  acknowledged: string[][] = [];

  constructor(
    origin: Shelf,
    files: TestFile[],
    { rootName = 'Harvest_2026', packageId = 'pkg_1' } = {},
  ) {
    this.#origin = origin;
    this.#files = files;
    for (const { path, bytes, mediaType } of files)
      origin.serve(`/${packageId}/${path}`, bytes, {
        type: mediaType ?? 'application/octet-stream',
      });
    this.json = this.signed({
      manifestVersion: 1,
      packageId,
      rev: 1,
      assetId: 'ast_1',
      createdAt: '2026-01-01T00:00:00Z',
      rootName,
      totalBytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
      fileCount: files.length,
      files: files.map((file, index) => ({
        fileId: `fil_${index}`,
        path: file.path,
        bytes: file.bytes.length,
        mediaType: file.mediaType ?? 'application/octet-stream',
        role: file.role ?? 'metadata',
        language: file.language,
        required: true,
        sha256: sha256(file.bytes),
        pieces: piecesOf(file),
        origins: [{ originId: 'local', priority: 1 }],
        modifiedAt: '2026-01-01T00:00:00Z',
        somethingNew: { kept: true },
      })),
      licence: { text: 'Free to use', url: 'https://licence.example' },
    });
  }

  /** Validly signed, whatever its content. */
  signed(body: Record<string, unknown>): Record<string, unknown> {
    const plain: Record<string, unknown> = JSON.parse(
      JSON.stringify({ ...body, signature: undefined }),
    );
    const value = sign(
      null,
      Buffer.from(canonicalize(plain) ?? ''),
      this.#keys.privateKey,
    ).toString('base64url');
    return { ...plain, signature: { alg: 'Ed25519', keyId: this.keyId, value } };
  }

  async manifest(): Promise<unknown> {
    return this.json;
  }

  async trustedKeys(): Promise<ServiceKey[]> {
    const { x } = this.#keys.publicKey.export({ format: 'jwk' });
    return [{ keyId: this.keyId, publicKey: x ?? '', service: this.name }];
  }

  async pinnedKeys(): Promise<ServiceKey[]> {
    return this.trustedKeys();
  }

  async authorise(
    _service: string | null,
    {
      fileIds,
      acknowledge,
    }: {
      fileIds: string[];
      acknowledge: string[];
    },
  ): Promise<Authorisation> {
    if (this.refusal) throw this.refusal;
    // Only whether it may be had: no request goes out for that.
    if (fileIds.length === 0) return { downloadId: 'dl_1', maxParallel: 1, urls: [] };
    this.authorised.push(fileIds);
    this.acknowledged.push(acknowledge);
    return { downloadId: 'dl_1', maxParallel: this.maxParallel, urls: this.#urls(fileIds) };
  }

  async renew(
    _service: string | null,
    _download: string,
    fileIds: string[],
  ): Promise<AuthorisedUrl[]> {
    this.renewals++;
    return this.#urls(fileIds);
  }

  #urls(fileIds: string[]): AuthorisedUrl[] {
    return fileIds.map((fileId) => {
      const file = this.#files[Number(fileId.slice(4))];
      const path = `/pkg_1/${file?.path ?? ''}`;
      return {
        fileId,
        originId: 'local',
        url: `${this.#origin.url}${encodeURI(path)}?generation=${this.renewals}`,
        headers: this.headers,
        expiresAtMs: Date.now() + this.expiresInMs,
        ranges: true,
        etag: this.#origin.files.get(path)?.etag ?? undefined,
        bytes: file?.bytes.length ?? 0,
      };
    });
  }
}
