; recorder.exe stands in for ARMLOAD, net and the others in Wine, under their names: it appends its command line, as
; Windows handed it over (UTF-16, not split), and a line break to the file that RECORDER_LOG names, and ends with the
; exit code that the one digit in RECORDER_EXIT says (0 without it).  Assembled by fasm, which needs no linker.

format PE64 console
entry start

section '.text' code readable executable

start:
	sub	rsp, 8 * 9			; room for seven arguments; keeps the stack aligned to 16 bytes
	lea	rcx, [log_name]
	lea	rdx, [log_path]
	mov	r8d, 260
	call	[GetEnvironmentVariableW]

	lea	rcx, [log_path]
	mov	edx, 4				; FILE_APPEND_DATA: each write goes to the end
	mov	r8d, 3				; shared for reading and writing
	xor	r9d, r9d
	mov	qword [rsp + 8 * 4], 4		; OPEN_ALWAYS
	mov	qword [rsp + 8 * 5], 80h	; FILE_ATTRIBUTE_NORMAL
	mov	qword [rsp + 8 * 6], 0
	call	[CreateFileW]
	mov	rbx, rax

	call	[GetCommandLineW]
	mov	rsi, rax
	mov	rcx, rsi
	call	[lstrlenW]
	lea	r8d, [eax * 2]
	mov	rdx, rsi
	call	write
	lea	rdx, [line_break]
	mov	r8d, 4
	call	write

	lea	rcx, [exit_name]
	lea	rdx, [exit_digit]
	mov	r8d, 2
	call	[GetEnvironmentVariableW]
	xor	ecx, ecx
	test	eax, eax
	jz	leave_now
	movzx	ecx, word [exit_digit]
	sub	ecx, '0'
leave_now:
	call	[ExitProcess]

write:						; rdx: from where, r8d: how many bytes
	sub	rsp, 8 * 7
	mov	rcx, rbx
	lea	r9, [written]
	mov	qword [rsp + 8 * 4], 0
	call	[WriteFile]
	add	rsp, 8 * 7
	ret

section '.data' data readable writeable

log_name	du 'RECORDER_LOG', 0
exit_name	du 'RECORDER_EXIT', 0
line_break	du 13, 10
exit_digit	dw 0, 0
written		dd 0
log_path	rw 260

section '.idata' import data readable writeable

	dd	0, 0, 0, rva library, rva table
	dd	0, 0, 0, 0, 0
library		db 'KERNEL32.DLL', 0
align 8
table:
GetEnvironmentVariableW	dq rva name_1
CreateFileW		dq rva name_2
GetCommandLineW		dq rva name_3
lstrlenW		dq rva name_4
WriteFile		dq rva name_5
ExitProcess		dq rva name_6
	dq	0
name_1		db 0, 0, 'GetEnvironmentVariableW', 0
name_2		db 0, 0, 'CreateFileW', 0
name_3		db 0, 0, 'GetCommandLineW', 0
name_4		db 0, 0, 'lstrlenW', 0
name_5		db 0, 0, 'WriteFile', 0
name_6		db 0, 0, 'ExitProcess', 0
