/*
 * A rule of oxlint: what may be done with an asset is decided in src/shared/api/rights.ts alone.
 * Elsewhere the facts it judges by are carried and shown, and not compared.
 */

import { RESTRICTION_KINDS, RIGHTS_BADGES } from '../src/shared/api/rights.ts';

/** The parts of an ESTree node that are looked at. */
type Node = {
  type: string;
  operator?: string;
  left?: Node;
  right?: Node;
  object?: Node;
  property?: Node;
  expression?: Node;
  callee?: Node;
  arguments?: Node[];
  name?: string;
  value?: unknown;
};
type Context = { report(problem: { node: Node; message: string }): void };

const MESSAGE =
  'Rights are judged by evaluateRights (src/shared/api/rights.ts): ask its verdict instead';

const STATUS = new Set(['pubStatus']);
const TIMES = new Set(['embargoUntil', 'embargoUntilMs', 'embargoUntilMin', 'expiresMin']);
const KINDS = new Set<unknown>(RESTRICTION_KINDS);
const STATES = new Set<unknown>(RIGHTS_BADGES);
const RELATIONS = new Set(['<', '<=', '>', '>=']);
const EQUALITIES = new Set(['===', '!==', '==', '!=']);

/** `pubStatus` of `pubStatus`, `asset.pubStatus`, `asset?.pubStatus` and `asset.pubStatus!`. */
function nameOf(node: Node | undefined): string | null {
  if (node?.type === 'Identifier') return node.name ?? null;
  if (node?.type === 'MemberExpression') return nameOf(node.property);
  if (node?.type === 'ChainExpression' || node?.type === 'TSNonNullExpression')
    return nameOf(node.expression);
  return null;
}
const textOf = (node: Node | undefined): unknown =>
  node?.type === 'Literal' && typeof node.value === 'string' ? node.value : null;

function judges({ operator = '', left, right }: Node): boolean {
  const sides = [
    [left, right],
    [right, left],
  ] as const;
  return sides.some(([fact, other]) => {
    const name = nameOf(fact) ?? '';
    if (RELATIONS.has(operator)) return TIMES.has(name);
    if (!EQUALITIES.has(operator)) return false;
    const text = textOf(other);
    return text !== null && (STATUS.has(name) || (name === 'kind' && KINDS.has(text)));
  });
}

const oneJudge = {
  create(context: Context) {
    return {
      BinaryExpression(node: Node): void {
        if (judges(node)) context.report({ node, message: MESSAGE });
      },
      CallExpression(node: Node): void {
        const { callee } = node;
        if (
          nameOf(callee) === 'includes' &&
          nameOf(callee?.object) === 'badges' &&
          STATES.has(textOf(node.arguments?.[0]))
        )
          context.report({ node, message: MESSAGE });
      },
    };
  },
};

const plugin = { meta: { name: 'rights' }, rules: { 'one-judge': oneJudge } };
// oxlint takes the plugin from here.
export default plugin;
