import { CircleCheck, CircleMinus, ExternalLink, Hash, ListX, ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';
import { isForeignId } from '../../../shared/model/source.ts';
import { formatDate } from '../../i18n/format.ts';
import { useApp, useLanguage, useSources, useTexts } from '../../state/context.tsx';
import { openExternal } from '../../state/open-external.ts';
import { isAddedKind, sourceName } from '../../state/source-labels.ts';
import type { AssetView, SourceView } from '../../state/views.ts';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import { Icon, type LucideIcon } from '../../ui/display/icon.tsx';
import css from './asset.module.css';

/**
 * What the source of an asset vouches for and what it doesn’t. Not shown while the service is the
 * only source: it promises everything, and everywhere the same.
 */
export function Origin({ asset }: { asset: AssetView }) {
  const app = useApp();
  const texts = useTexts();
  const language = useLanguage();
  const { asset: words } = texts;
  const sources = useSources();
  const source = sources.find(({ id }) => id === asset.source);
  const isForeign = isForeignId(asset.id);
  if (!isForeign && sources.length < 2) return null;
  const { sourceUrl, integrity, rights, unlistedAt } = asset;
  return (
    <section aria-label={words.source} className={css.rights}>
      <div className={css.rightsHead}>
        <h2>{words.source}</h2>
        {sourceUrl !== null && (
          <Button
            icon={ExternalLink}
            size={28}
            tone="quiet"
            onPress={() => void openExternal(app, sourceUrl)}
          >
            {words.openAtSource}
          </Button>
        )}
      </div>
      {source && <p className={css.originName}>{sourceName(source, texts)}</p>}
      <ul className={css.rightsList}>
        {unlistedAt !== null && (
          <Fact icon={ListX} name={words.unlisted}>
            {words.unlistedSince(formatDate(unlistedAt, language))}
          </Fact>
        )}
        <Fact isKept={integrity === 'signed'} name={words.integrity}>
          {words.integrities[integrity]}
        </Fact>
        <Fact isKept={rights === 'stated'} name={words.rightsStated}>
          {source?.kind === 'folder' && rights === 'general'
            ? words.rightsInTexts
            : words.rightsStatements[rights]}
        </Fact>
        <Fact isKept={!isForeign} name={words.changes}>
          {source && isAddedKind(source.kind)
            ? words.changesCompared[source.kind]
            : isForeign
              ? words.changesCompared.feed
              : words.changesAnnounced}
        </Fact>
        {asset.identifiers.map(({ name, value }) => (
          <Fact icon={Hash} key={name} name={name}>
            {value}
          </Fact>
        ))}
        {source?.terms && <Terms source={source} />}
      </ul>
    </section>
  );
}

function Terms({ source }: { source: SourceView }) {
  const app = useApp();
  const language = useLanguage();
  const { asset: words } = useTexts();
  const { id, acceptedAt } = source;
  return (
    <Fact icon={ScrollText} name={words.termsOfUse}>
      {acceptedAt === null
        ? words.termsNotAccepted
        : words.termsAccepted(formatDate(acceptedAt, language))}{' '}
      <LinkButton onPress={() => app.sourceDialogs.setState({ open: { name: 'terms', id } })}>
        {words.readTerms}
      </LinkButton>
    </Fact>
  );
}

function Fact({
  name,
  isKept = false,
  icon,
  children,
}: {
  name: string;
  isKept?: boolean;
  icon?: LucideIcon;
  children: ReactNode;
}) {
  return (
    <li className={css.rightsRow}>
      <Icon
        className={isKept ? undefined : css.unstated}
        of={icon ?? (isKept ? CircleCheck : CircleMinus)}
        tone={isKept ? 'success' : undefined}
      />
      <div>
        <b>{name}</b> <span>{children}</span>
      </div>
    </li>
  );
}
