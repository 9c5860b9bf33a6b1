// The worker that scores images: half a second of arithmetic that the training does not wait for.

import { scoreImages } from '../scores/image-scores';
import type { ScoringAnswer, ScoringTask } from './scoring';

const post = (answer: ScoringAnswer): void => postMessage(answer);

addEventListener('message', ({ data }: MessageEvent<ScoringTask>) => {
  try {
    post({ scores: scoreImages(data.generated, data.real, data.otherReal) });
  } catch (error) {
    post({ error: error instanceof Error ? error.message : String(error) });
  }
});
