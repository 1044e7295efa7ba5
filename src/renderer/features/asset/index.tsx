import { useTexts } from '../../stores/context.tsx';

export function AssetScreen() {
  const { common } = useTexts();
  return <h1>{common.catalogue}</h1>;
}
