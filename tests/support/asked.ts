import type { SetField } from '../../src/shared/api/query/fields.ts';
import { writtenField } from '../../src/shared/api/query/edit.ts';
import { parseQuery } from '../../src/shared/api/query/parse.ts';
import type { ReadQuery } from '../../src/main/catalogue/ports.ts';
import type { Sort } from '../../src/shared/model/sorts.ts';

/** A query as the library gets it; of everything without a text. */
export const asked = (text = '', sort: Sort = 'newest'): ReadQuery => ({
  clauses: parseQuery(text, Date.now()).clauses,
  sort,
});

/** The same with values of fields, as filters write them. */
export const filtered = (text: string, fields: Partial<Record<SetField, string[]>>): ReadQuery =>
  asked(
    [
      text,
      ...Object.entries(fields).map(([field, values]) =>
        writtenField(field as SetField, values, 'en'),
      ),
    ].join(' '),
  );
