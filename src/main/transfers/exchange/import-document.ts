import { isRefused } from '../../../shared/model/names.ts';
import type { AddressItem, EnqueueItem, ImportOptions, Imported, NamedDocument } from '../api.ts';
import { inSteps } from '../in-steps.ts';
import { namedByUrl, planMetalinkFiles, refusedName } from '../run/plan.ts';
import type { TransferPorts } from '../ports.ts';
import { filesOfAria2List } from '../../formats/aria2-list.ts';
import { storedDocument, type MetalinkFile } from '../../formats/metalink.ts';
import { itemsOf } from './queue-document.ts';

/** Items of a document, with the names they get here. */
type ImportRequest = Omit<Imported, 'ids'> & { items: EnqueueItem[] };

/** Refuses only the plain addresses whose name leads out of the folder. */
function requestOfQueue(items: readonly EnqueueItem[], strict: boolean): ImportRequest {
  const request: ImportRequest = { items: [], renamed: [], refused: [] };
  for (const item of items) {
    const named = 'url' in item && !item.metalink ? namedByUrl(item.url) : null;
    if (named && isRefused(named)) {
      if (strict) throw refusedName(named);
      request.refused.push(named);
      continue;
    }
    if (named && named.given.normalize('NFC') !== named.path) request.renamed.push(named);
    request.items.push(item);
  }
  return request;
}

async function requestOfFiles(
  files: readonly MetalinkFile[],
  item: AddressItem,
): Promise<ImportRequest> {
  const { files: planned, refused } = await planMetalinkFiles(files, {
    strict: item.strict ?? false,
  });
  return {
    items: [item],
    renamed: planned.flatMap(({ given, path }) => (given === null ? [] : [{ given, path }])),
    refused,
  };
}

/**
 * Reads a document of `exportQueue`, a Metalink or an aria2 input list, recognised by its content.
 * @throws `usage` or `metalink-invalid` for anything else; `unsafe-name` if every name is refused,
 * or with `strict` for the first one
 */
export async function readDocument(
  { name, text }: NamedDocument,
  destination: string,
  { parseMetalink }: Pick<TransferPorts, 'parseMetalink'>,
  { strict = false }: ImportOptions,
): Promise<ImportRequest> {
  const document = text.trimStart();
  if (document.startsWith('{')) return requestOfQueue(itemsOf(document, destination), strict);
  const item = { url: name, metalink: true, destination, sha256: null, hashAnyway: false, strict };
  if (document.startsWith('<'))
    return requestOfFiles(await parseMetalink(document), { ...item, metalinkText: document });
  const files = await inSteps(filesOfAria2List(document));
  return requestOfFiles(files, { ...item, metalinkText: storedDocument(files) });
}
