import { expect, test } from '@jest/globals'
import { play, release } from './play.ts'

const zipInBase64 = '6QbM4BjEXiC9NqHSwTT2FPOGjJHclMcLGIRNnZYe+c4='
const zipInHex = 'e906cce018c45e20bd36a1d2c134f614f3868c91dc94c70b18844d9d961ef9ce'
const imageInBase64 = '+Hn4QHNEdX/YKUUU8d0FRb4j5HhuZRawnB80hbg8SpI='
const imageInHex = 'f879f8407344757fd8294514f1dd0545be23e4786e6516b09c1f3485b83c4a92'

/** Lambda reports the code of an archive in base64, and that of an image in hex. */
test.each<{ name: string; given: string; latest: 'archive' | 'image' }>([
  { name: 'an archive by its base64', given: zipInBase64, latest: 'archive' },
  { name: 'an archive by its hex, as sha256sum prints it', given: zipInHex, latest: 'archive' },
  { name: 'an archive by its hex in capitals', given: zipInHex.toUpperCase(), latest: 'archive' },
  { name: 'an image by its hex, as Lambda reports it', given: imageInHex, latest: 'image' },
  { name: 'an image by its base64', given: imageInBase64, latest: 'image' }
])('code-sha256 holds $name', async ({ given, latest }) => {
  const { outputs } = await play({
    inputs: { ...release, 'codedeploy-deployment-config': 'AllAtOnce', 'code-sha256': given },
    setting: { packageType: latest === 'image' ? 'Image' : 'Zip' }
  })
  expect(outputs).toMatchObject({ outcome: 'succeeded', 'error-message': '' })
})

test('code-sha256 in hex is not that of other code', async () => {
  const { outputs } = await play({ inputs: { ...release, 'code-sha256': imageInHex } })
  expect(outputs).toMatchObject({
    'error-code': 'CODE_DIFFERS',
    'error-message': expect.stringContaining(
      `$LATEST of payments-api holds code ${zipInBase64}, not ${imageInHex} as code-sha256 says.`
    )
  })
})
