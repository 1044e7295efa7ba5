import { FORBIDDEN, MAX_COMPONENT_BYTES, RESERVED, cut, utf8Bytes } from './file-name.ts';

/** What a template for the name of a package's folder may hold between braces. */
export const FOLDER_TOKENS = ['date', 'place', 'title', 'id', 'language', 'format'] as const;
export type FolderToken = (typeof FOLDER_TOKENS)[number];
export type FolderFacts = Record<FolderToken, string>;

export const MAX_TEMPLATE_CHARACTERS = 120;
/**
 * Of the whole, folders in folders included: with what lies in a package it stays under what
 * Windows takes.
 */
const MAX_FOLDER_CHARACTERS = 120;
const TOKEN = /\{([^{}]*)\}/gu;

export type TemplateFault =
  | { kind: 'unknown-token'; token: string }
  | { kind: 'no-token' }
  | { kind: 'brace' };

/** What is wrong with a template; null when packages can be told apart by it. */
export function templateFault(template: string): TemplateFault | null {
  const tokens = Array.from(template.matchAll(TOKEN), ([, name = '']) => name);
  const unknown = tokens.find((name) => !FOLDER_TOKENS.some((token) => token === name));
  if (unknown !== undefined) return { kind: 'unknown-token', token: unknown };
  if (/[{}]/u.test(template.replaceAll(TOKEN, ''))) return { kind: 'brace' };
  return tokens.some((name) => name === 'title' || name === 'id') ? null : { kind: 'no-token' };
}

const trimmed = (name: string): string => name.replaceAll(/^[\s.-]+|[\s.-]+$/gu, '');

/**
 * One part of a name that Windows, macOS and Linux take alike; empty when nothing is left of it.
 */
function safe(text: string, maxBytes: number): string {
  const plain = text
    .normalize('NFC')
    .replaceAll(new RegExp(FORBIDDEN, 'gu'), '-')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/(?:-\s*){2,}/gu, '- ');
  const name = trimmed(cut(trimmed(plain), maxBytes)).normalize('NFC');
  return RESERVED.test(name) ? `_${cut(name, maxBytes - 1)}` : name;
}

/**
 * Of each part of the template what stands in it, before it is made safe. What a fact holds of `/`
 * makes no folder.
 */
function partsOf(template: string, facts: FolderFacts, titleBytes: number): string[] {
  const valueOf = (name: string): string =>
    safe(facts[name as FolderToken], name === 'title' ? titleBytes : MAX_COMPONENT_BYTES);
  return template
    .split('/')
    .map((part) => part.replaceAll(TOKEN, (_, name: string) => valueOf(name)));
}

/**
 * The folder of a package by a template, parts separated by `/`: every part legal on Windows, macOS
 * and Linux, NFC, within the budget of bytes. Where it would be too long the title is shortened
 * first. The id alone where nothing else is left.
 */
export function folderName(template: string, facts: FolderFacts): string {
  for (let titleBytes = MAX_COMPONENT_BYTES; titleBytes >= 0; titleBytes -= 8) {
    const parts = partsOf(template, facts, titleBytes);
    const name = parts
      .map((part) => safe(part, MAX_COMPONENT_BYTES))
      .filter((part) => part !== '')
      .join('/');
    if (
      name !== '' &&
      name.length <= MAX_FOLDER_CHARACTERS &&
      parts.every((part) => utf8Bytes(part) <= MAX_COMPONENT_BYTES)
    )
      return name;
  }
  return safe(facts.id, MAX_COMPONENT_BYTES) || 'package';
}

/** The n-th folder of the same name: `name (2)`, still within the budget. */
export function numbered(name: string, n: number): string {
  const suffix = ` (${n})`;
  const at = name.lastIndexOf('/') + 1;
  return name.slice(0, at) + safe(name.slice(at), MAX_COMPONENT_BYTES - suffix.length) + suffix;
}
