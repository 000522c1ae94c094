export { keepPicture } from './keep-picture.ts'
export { normalisePicture, pictureBytesMax } from './normalise-picture.ts'
export type { PictureProblem } from './normalise-picture.ts'
export { mediaRoutes } from './routes.ts'
