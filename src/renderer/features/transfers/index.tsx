import { useTexts } from '../../stores/context.tsx';

export function TransfersScreen() {
  const { common } = useTexts();
  return <h1>{common.downloads}</h1>;
}
