/** Keys as a file for ImportApiKeys, with values and descriptions. */
export function keyFile(count) {
  const rows = Array.from({length: count}, (_, i) => {
    const value = `bench${String(i).padStart(6, '0')}`.padEnd(40, 'x')
    return `customer-${i},${value},"Mobile app of customer ${i}, issued by onboarding",true`
  })
  return ['Name,Key,Description,Enabled', ...rows].join('\n')
}
