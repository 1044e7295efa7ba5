import { formatBinary, formatNumber } from '../../i18n/format.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import type { TransferDetail } from '../../state/views.ts';
import { DrawerSection } from '../../ui/layout/drawer.tsx';
import css from './transfers.module.css';

type Kind = 'v' | 'd' | 'r' | 'm';
/** Each cell represents as many pieces as needed to fit into `MAX_LINES` lines. */
const COLUMNS = 40;
const MAX_LINES = 5;
const CELL = { width: 8, height: 9 };

/** Distinguishable by shape as well as colour: full, half, outline, dot. */
function Cell({ kind, x, y }: { kind: Kind; x: number; y: number }) {
  if (kind === 'v')
    return <rect className={css.pieceVerified} height="7.6" rx="1" width="6.6" x={x} y={y} />;
  if (kind === 'd')
    return <rect className={css.pieceReceived} height="3.8" rx="1" width="6.6" x={x} y={y + 3.8} />;
  if (kind === 'r')
    return (
      <rect className={css.pieceActive} height="6.2" rx="1" width="5.2" x={x + 0.7} y={y + 0.7} />
    );
  return <rect className={css.pieceMissing} height="2" width="2" x={x + 2.3} y={y + 3} />;
}

/** The least complete state among a cell's pieces; one active piece makes the cell active. */
function kindOf(pieces: string): Kind {
  if (pieces.includes('r')) return 'r';
  if (/^v+$/.test(pieces)) return 'v';
  return pieces.includes('m') ? 'm' : 'd';
}

export function cellsOf(map: string): Kind[] {
  const each = Math.max(1, Math.ceil(map.length / (COLUMNS * MAX_LINES)));
  return Array.from({ length: Math.ceil(map.length / each) }, (_, index) =>
    kindOf(map.slice(index * each, (index + 1) * each)),
  );
}

export function Pieces({
  pieces: { map, pieceBytes },
}: {
  pieces: NonNullable<TransferDetail['pieces']>;
}) {
  const { transfers } = useTexts();
  const language = useLanguage();
  const cells = cellsOf(map);
  const verified = formatNumber(Array.from(map).filter((piece) => piece === 'v').length, language);
  const all = formatNumber(map.length, language);
  const lines = Math.max(1, Math.ceil(cells.length / COLUMNS));
  const legend: [Kind, string][] = [
    ['v', transfers.legend.verified],
    ['d', transfers.legend.disk],
    ['r', transfers.legend.running],
    ['m', transfers.legend.missing],
  ];
  return (
    <DrawerSection>
      <h3>
        {transfers.pieces}
        <span>{transfers.piecesOf(verified, all, formatBinary(pieceBytes, language))}</span>
      </h3>
      <svg
        aria-label={transfers.piecesLabel(verified, all)}
        className={css.pieces}
        role="img"
        viewBox={`0 0 ${COLUMNS * CELL.width} ${lines * CELL.height}`}
      >
        {cells.map((kind, index) => (
          <Cell
            key={index}
            kind={kind}
            x={(index % COLUMNS) * CELL.width}
            y={Math.floor(index / COLUMNS) * CELL.height}
          />
        ))}
      </svg>
      <ul className={css.legend}>
        {legend.map(([kind, name]) => (
          <li key={kind}>
            <svg aria-hidden viewBox="0 0 8 9">
              <Cell kind={kind} x={0.5} y={0.7} />
            </svg>
            {name}
          </li>
        ))}
      </ul>
    </DrawerSection>
  );
}
