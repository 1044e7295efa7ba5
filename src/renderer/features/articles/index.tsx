import { useTexts } from '../../stores/context.tsx';

export function ArticlesScreen() {
  const { common } = useTexts();
  return <h1>{common.news}</h1>;
}
