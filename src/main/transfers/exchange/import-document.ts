import { isRefused } from '../../../shared/model/names.ts';
import type { AddressItem, EnqueueItem, ImportOptions, Imported, NamedDocument } from '../api.ts';
import { inSteps } from '../in-steps.ts';
import { namedByUrl, planMetalinkFiles, refusedName } from '../run/plan.ts';
import type { TransferPorts } from '../ports.ts';
import { filesOfAria2List } from '../../formats/aria2-list.ts';
import { keptDocument, type MetalinkFile } from '../../formats/metalink.ts';
import { itemsOf } from './queue-document.ts';

/** What a document asks for, with the names it has here. */
type Asked = Omit<Imported, 'ids'> & { items: EnqueueItem[] };

/** Of plain addresses, those alone that lead out of the folder are refused. */
function askedOfQueue(items: readonly EnqueueItem[], strict: boolean): Asked {
  const asked: Asked = { items: [], renamed: [], refused: [] };
  for (const item of items) {
    const named = 'url' in item && !item.metalink ? namedByUrl(item.url) : null;
    if (named && isRefused(named)) {
      if (strict) throw refusedName(named);
      asked.refused.push(named);
      continue;
    }
    if (named && named.given.normalize('NFC') !== named.path) asked.renamed.push(named);
    asked.items.push(item);
  }
  return asked;
}

async function askedOfFiles(files: readonly MetalinkFile[], item: AddressItem): Promise<Asked> {
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
 * What a document of `transfers.export`, a Metalink or a list of aria2 asks for; which of them it
 * is, it says itself. `usage` or `metalink-invalid` for anything else, `unsafe-name` where all
 * names in it are refused, or one with `strict`.
 */
export async function askedBy(
  { name, text }: NamedDocument,
  destination: string,
  { parseMetalink }: Pick<TransferPorts, 'parseMetalink'>,
  { strict = false }: ImportOptions,
): Promise<Asked> {
  const document = text.trimStart();
  if (document.startsWith('{')) return askedOfQueue(itemsOf(document, destination), strict);
  const item = { url: name, metalink: true, destination, sha256: null, hashAnyway: false, strict };
  if (document.startsWith('<'))
    return askedOfFiles(await parseMetalink(document), { ...item, metalinkText: document });
  const files = await inSteps(filesOfAria2List(document));
  return askedOfFiles(files, { ...item, metalinkText: keptDocument(files) });
}
