import { useTexts } from '../../stores/context.tsx';

export function CatalogueScreen() {
  const { common } = useTexts();
  return <h1>{common.catalogue}</h1>;
}
