days = ['Mon', 'Tue']
days.append('Wed')
last = days.pop()
print(last, days)
print(days[5])
