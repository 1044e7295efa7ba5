import type { ElementContent } from 'hast';
import { xmlText } from './body-tree.ts';

/** Text or an attribute's value for HTML and XML alike. */
export const escaped = (text: string): string =>
  xmlText(text).replaceAll(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);

const VOID = new Set(['br', 'hr', 'img']);
/** Names of properties that differ from those of attributes. */
const ATTRIBUTES: Record<string, string> = {
  dateTime: 'datetime',
  colSpan: 'colspan',
  rowSpan: 'rowspan',
  className: 'class',
};

/**
 * Markup that is HTML and XHTML at once: void elements end with a slash, all others have an end tag.
 * @param isXml with `xml:lang` beside `lang`
 */
export function markupOf(nodes: readonly ElementContent[], isXml: boolean): string {
  return nodes
    .map((node) => {
      if (node.type === 'text') return escaped(node.value);
      if (node.type !== 'element') return '';
      const { tagName, properties, children } = node;
      const attributes = Object.entries(properties).flatMap(([name, value]) => {
        if (value == null || value === false) return [];
        const written = `${ATTRIBUTES[name] ?? name}="${escaped(Array.isArray(value) ? value.join(' ') : String(value))}"`;
        return name === 'lang' && isXml ? [written, `xml:${written}`] : [written];
      });
      const start = [tagName, ...attributes].join(' ');
      return VOID.has(tagName)
        ? `<${start}/>`
        : `<${start}>${markupOf(children, isXml)}</${tagName}>`;
    })
    .join('');
}
