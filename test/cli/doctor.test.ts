import { afterAll, expect, it, vi } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { noteUntested, startS3 } from '../support/rgw.ts'
import { makeBucket } from '../support/s3-bucket.ts'

const server = await startS3()
if (typeof server === 'string') {
  noteUntested(server)
  it('may go without a server only where CI is not set', () => {
    expect(process.env['CI'], server).toBeUndefined()
  })
} else {
  const bucket = await makeBucket(server)
  afterAll(async () => {
    vi.unstubAllEnvs()
    await bucket.remove()
    await server.stop()
  })

  it('prints the probe of a bucket, whose keys come from the environment', async () => {
    const { endpoint = '', region = '', credentials } = bucket.options
    if (typeof credentials === 'object') {
      vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId)
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey)
    }
    let out = ''
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += text
      return true
    })
    const url = `s3://${bucket.name}/lake`
    const code = await runCli(['doctor', url, '--endpoint', endpoint, '--region', region])
    write.mockRestore()
    expect(out.match(/^ok {3}/gm)).toHaveLength(5)
    expect(out).toContain('safe for many writers')
    expect(code).toBe(0)
    expect(out).not.toContain(process.env['AWS_SECRET_ACCESS_KEY'] ?? 'no secret')
  })
}
