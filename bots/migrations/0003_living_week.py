from tortoise import migrations

from bots.additive import AddFullText, Reworded
from tortoise.migrations import operations as ops
import functools
from core.attention.models import NudgeState
from core.attention.rules import Priority, Reason
from core.chat.identity import Platform
from core.engine.database import UtcField
from core.gatherings.rules import Standing, State
from core.library.index import FullText
from core.library.rules import EntryState, Kind
from core.questions.rules import Outcome, Stage
from core.recognition.festivities import Joy, Milestone
from core.recognition.models import Seat
from json import dumps, loads
from rituals.models import Change, ContributionState, OccurrenceState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('amicale', '0002_never_twice')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AcceptedAnswer',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('question', fields.OneToOneField('amicale.Question', source_field='question_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('ref', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'accepted_answer', 'app': 'amicale', 'indexes': [Index(fields=['member_id', 'at'])], 'pk_attr': 'id', 'table_description': 'Who solved a question, `ref` is the message that did when the asker marked one.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AttentionChoice',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.OneToOneField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('per_week', fields.IntField(null=True)),
                ('start_hour', fields.IntField(null=True)),
                ('end_hour', fields.IntField(null=True)),
                ('timezone', fields.CharField(default='', max_length=64)),
                ('away_until', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'attention_choice', 'app': 'amicale', 'pk_attr': 'id', 'table_description': "What somebody chose for themselves, what is empty follows the community's settings."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Celebration',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='what it is', enum_type=Joy, max_length=16)),
                ('key', fields.CharField(max_length=120)),
                ('count', fields.IntField(default=0)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
                ('shared_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'celebration', 'app': 'amicale', 'unique_together': (('member', 'kind', 'key'),), 'pk_attr': 'id', 'table_description': 'Something of one person that was celebrated with them, and since `shared_at` with all.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Champion',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('month', fields.CharField(max_length=7)),
                ('points', fields.IntField()),
                ('state', fields.CharEnumField(default=Seat.LISTED, description='what it is', enum_type=Seat, max_length=16)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'champion', 'app': 'amicale', 'unique_together': (('member', 'month'),), 'indexes': [Index(fields=['community_id', 'month'])], 'pk_attr': 'id', 'table_description': 'Somebody on the shortlist of a month (`2026-11`), `points` are those they had then.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CommonJoy',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='what it is', enum_type=Milestone, max_length=16)),
                ('number', fields.IntField()),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'common_joy', 'app': 'amicale', 'unique_together': (('community', 'kind', 'number'),), 'pk_attr': 'id', 'table_description': 'Something of the whole community that was celebrated: `number` people, words or years.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Contribution',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('ritual', fields.ForeignKeyField('amicale.Ritual', source_field='ritual_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('occurrence', fields.ForeignKeyField('amicale.Occurrence', source_field='occurrence_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('state', fields.CharEnumField(default=ContributionState.DRAFT, description='AWAITED: awaited\nDRAFT: draft\nCONSENTED: consented\nCHECKED: checked\nSHOWN: shown\nREFUSED: refused\nWITHDRAWN: withdrawn', enum_type=ContributionState, max_length=10)),
                ('text', fields.TextField(default='', unique=False)),
                ('link', fields.CharField(default='', max_length=300)),
                ('answers', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('given_at', UtcField(auto_now=False, auto_now_add=False)),
                ('shown_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ritual_contribution', 'app': 'amicale', 'pk_attr': 'id', 'table_description': 'What somebody gives to a ritual: words, an address, the answers of a form.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Backing',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contribution', fields.ForeignKeyField('amicale.Contribution', source_field='contribution_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ritual_backing', 'app': 'amicale', 'unique_together': (('contribution', 'member'),), 'pk_attr': 'id', 'table_description': "Somebody's voice for what somebody gave: a question they would like answered, a nominee."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Entry',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='QUESTION: question\nTIP: tip\nSHEET: sheet\nREPLAY: replay\nTEMPLATE: template', enum_type=Kind, max_length=10)),
                ('state', fields.CharEnumField(default=EntryState.PROPOSED, description='PROPOSED: proposed\nPUBLISHED: published\nWITHDRAWN: withdrawn\nREFUSED: refused', enum_type=EntryState, max_length=10)),
                ('source', fields.CharField(max_length=120)),
                ('title', fields.CharField(max_length=120)),
                ('text', fields.TextField(default='', unique=False)),
                ('link', fields.CharField(default='', max_length=300)),
                ('topic', fields.CharField(default='', max_length=40)),
                ('head', fields.TextField(default='', unique=False)),
                ('body', fields.TextField(default='', unique=False)),
                ('version', fields.IntField(default=0)),
                ('helped', fields.IntField(default=0)),
                ('proposed_at', UtcField(auto_now=False, auto_now_add=False)),
                ('published_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
                ('curated_by', fields.ForeignKeyField('amicale.Member', source_field='curated_by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.SET_NULL)),
            ],
            options={'table': 'library_entry', 'app': 'amicale', 'unique_together': (('community', 'source'),), 'indexes': [Index(fields=['community_id', 'state']), ], 'pk_attr': 'id', 'table_description': 'Something worth finding again.'},
            bases=['Model'],
        ),
        AddFullText(model_name='Entry', index=FullText()),
        ops.CreateModel(
            name='EntryAuthor',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('entry', fields.ForeignKeyField('amicale.Entry', source_field='entry_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('agreed_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'library_author', 'app': 'amicale', 'unique_together': (('entry', 'member'),), 'pk_attr': 'id', 'table_description': 'Somebody whose words an entry holds, and when they agreed to it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Gathering',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('title', fields.CharField(max_length=100)),
                ('starts', UtcField(auto_now=False, auto_now_add=False)),
                ('ends', UtcField(auto_now=False, auto_now_add=False)),
                ('place', fields.CharField(max_length=100)),
                ('capacity', fields.IntField(null=True)),
                ('text', fields.CharField(default='', max_length=900)),
                ('state', fields.CharEnumField(default=State.DRAFT, description='DRAFT: draft\nANNOUNCED: announced\nCANCELLED: cancelled', enum_type=State, max_length=16)),
                ('code', fields.CharField(max_length=8)),
                ('replay', fields.CharField(default='', max_length=500)),
                ('version', fields.IntField(default=1)),
                ('round', fields.IntField(default=0)),
                ('turns', fields.IntField(default=0)),
                ('told', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('edited_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'gathering', 'app': 'amicale', 'indexes': [Index(fields=['community_id', 'starts'])], 'pk_attr': 'id', 'table_description': 'Something to come to.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Attendance',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('gathering', fields.ForeignKeyField('amicale.Gathering', source_field='gathering_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'attendance', 'app': 'amicale', 'unique_together': (('gathering', 'member'),), 'pk_attr': 'id', 'table_description': 'Somebody was there, and gave the code that was shown.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='GatheringHost',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('gathering', fields.ForeignKeyField('amicale.Gathering', source_field='gathering_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'gathering_host', 'app': 'amicale', 'unique_together': (('gathering', 'member'),), 'pk_attr': 'id', 'table_description': 'Somebody who looks after an event.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='GatheringPost',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('gathering', fields.ForeignKeyField('amicale.Gathering', source_field='gathering_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('platform', fields.CharEnumField(description='DISCORD: discord\nSLACK: slack\nTELEGRAM: telegram', enum_type=Platform, max_length=16)),
                ('workspace', fields.CharField(max_length=64)),
                ('key', fields.CharField(db_index=True, max_length=200)),
                ('ref', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('native', fields.BooleanField(default=False)),
            ],
            options={'table': 'gathering_post', 'app': 'amicale', 'unique_together': (('gathering', 'key'),), 'pk_attr': 'id', 'table_description': "Where a card of ours stands, or a platform's own event (`native`)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='GatheringReminder',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('gathering', fields.ForeignKeyField('amicale.Gathering', source_field='gathering_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'gathering_reminder', 'app': 'amicale', 'unique_together': (('gathering', 'member'),), 'pk_attr': 'id', 'table_description': 'Somebody asked to be reminded.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Nudge',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharField(max_length=40)),
                ('key', fields.CharField(max_length=80)),
                ('priority', fields.IntEnumField(description='what goes first', enum_type=Priority, generated=False)),
                ('state', fields.CharEnumField(default=NudgeState.WAITING, description='where it stands', enum_type=NudgeState, max_length=8)),
                ('reason', fields.CharEnumField(default=Reason.ROOM, description='why', enum_type=Reason, max_length=10)),
                ('payload', fields.TextField(unique=False)),
                ('guard', fields.CharField(default='', max_length=64)),
                ('then', fields.CharField(default='', max_length=64)),
                ('skip', fields.CharField(default='', max_length=64)),
                ('never', fields.CharField(default='', max_length=64)),
                ('since', UtcField(auto_now=False, auto_now_add=False)),
                ('look_at', UtcField(auto_now=False, auto_now_add=False)),
                ('until', UtcField(auto_now=False, auto_now_add=False)),
                ('sent_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'attention_nudge', 'app': 'amicale', 'unique_together': (('member', 'kind', 'key'),), 'indexes': [Index(fields=['community_id', 'state', 'look_at']), Index(fields=['member_id', 'sent_at'])], 'pk_attr': 'id', 'table_description': 'Something we ask of somebody, once for each (member, kind, key).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OpenPoll',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('key', fields.CharField(max_length=40)),
                ('question', fields.CharField(max_length=300)),
                ('choices', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('several', fields.BooleanField(default=False)),
                ('then', fields.CharField(default='', max_length=64)),
                ('argument', fields.CharField(default='', max_length=64)),
                ('closes_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'poll', 'app': 'amicale', 'unique_together': (('community', 'key'),), 'pk_attr': 'id', 'table_description': 'A poll, open until `closed_at`, `then` and `argument` name the job due once it is closed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PollPost',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('poll', fields.ForeignKeyField('amicale.OpenPoll', source_field='poll_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('platform', fields.CharEnumField(description='DISCORD: discord\nSLACK: slack\nTELEGRAM: telegram', enum_type=Platform, max_length=16)),
                ('key', fields.CharField(max_length=200)),
                ('ref', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('native', fields.CharField(default='', db_index=True, max_length=64)),
            ],
            options={'table': 'poll_post', 'app': 'amicale', 'unique_together': (('poll', 'key'),), 'pk_attr': 'id', 'table_description': 'Where a poll stands: `ref` is the MessageRef, `native` what the platform calls the poll.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PollVote',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('poll', fields.ForeignKeyField('amicale.OpenPoll', source_field='poll_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('account', fields.CharField(max_length=200)),
                ('chosen', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'poll_vote', 'app': 'amicale', 'unique_together': (('poll', 'account'),), 'pk_attr': 'id', 'table_description': 'What one account chose, its `member` follows a link, the votes are told apart by account.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Presence',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('occurrence', fields.ForeignKeyField('amicale.Occurrence', source_field='occurrence_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('coming', fields.BooleanField(default=False)),
                ('came_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ritual_presence', 'app': 'amicale', 'unique_together': (('occurrence', 'member'),), 'pk_attr': 'id', 'table_description': 'Whether somebody said they would come to a date, and when they were there.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Refusal',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharField(max_length=40)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'attention_refusal', 'app': 'amicale', 'unique_together': (('member', 'kind'),), 'pk_attr': 'id', 'table_description': 'A kind of thing somebody wants no more of.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RitualChange',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('ritual', fields.ForeignKeyField('amicale.Ritual', source_field='ritual_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('author', fields.ForeignKeyField('amicale.Member', source_field='author_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.SET_NULL)),
                ('what', fields.CharEnumField(description='SETTINGS: settings\nMOVE: move\nSKIP: skip\nPAUSE: pause\nRESUME: resume\nCREATE: create', enum_type=Change, max_length=10)),
                ('value', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('before', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
                ('undone_at', UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ritual_change', 'app': 'amicale', 'pk_attr': 'id', 'table_description': 'One change to a ritual on top of the file: who made it, when, and whether it was undone.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Rsvp',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('gathering', fields.ForeignKeyField('amicale.Gathering', source_field='gathering_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('standing', fields.CharEnumField(description='COMING: coming\nWAITING: waiting\nMAYBE: maybe\nNO: no', enum_type=Standing, max_length=8)),
                ('turn', fields.IntField(default=0)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'rsvp', 'app': 'amicale', 'unique_together': (('gathering', 'member'),), 'pk_attr': 'id', 'table_description': 'What somebody said of coming, last `at`, `turn` orders those who wait.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StepDone',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('occurrence', fields.ForeignKeyField('amicale.Occurrence', source_field='occurrence_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('step', fields.CharField(max_length=20)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ritual_step', 'app': 'amicale', 'unique_together': (('occurrence', 'step'),), 'pk_attr': 'id', 'table_description': 'A step of one date that was done, so that it is done once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ThanksGiven',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('day', fields.DateField()),
                ('number', fields.IntField()),
            ],
            options={'table': 'thanks_given', 'app': 'amicale', 'unique_together': (('member', 'day', 'number'),), 'pk_attr': 'id', 'table_description': 'That somebody thanked for the `number`th time on a local day, never for what.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Thanks',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('community', fields.ForeignKeyField('amicale.Community', source_field='community_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('given', fields.ForeignKeyField('amicale.ThanksGiven', source_field='given_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('platform', fields.CharEnumField(description='DISCORD: discord\nSLACK: slack\nTELEGRAM: telegram', enum_type=Platform, max_length=16)),
                ('at', UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'thanks', 'app': 'amicale', 'unique_together': (('given',),), 'indexes': [Index(fields=['community_id', 'at']), Index(fields=['member_id', 'at'])], 'pk_attr': 'id', 'table_description': 'That somebody was thanked, `given` says by whom, so that both go together.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Wishes',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('amicale.Member', source_field='member_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('discreet', fields.BooleanField(default=False)),
                ('muted', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'recognition_wishes', 'app': 'amicale', 'unique_together': (('member',),), 'pk_attr': 'id', 'table_description': 'What somebody wishes: `discreet` is no mention and no rank, `muted` what is not celebrated.'},
            bases=['Model'],
        ),
        Reworded(
            model_name='Occurrence',
            name='state',
            field=fields.CharEnumField(default=OccurrenceState.PLANNED, description='PLANNED: planned\nASKING: asking\nPUBLISHED: published\nOPEN: open\nCLOSED: closed\nSKIPPED: skipped', enum_type=OccurrenceState, max_length=10),
        ),
        ops.AddField(
            model_name='Occurrence',
            name='data',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='Occurrence',
            name='moved_to',
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Question',
            name='due_at',
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Question',
            name='stage',
            field=fields.CharEnumField(null=True, description='the last stage done', enum_type=Stage, max_length=16),
        ),
        ops.AddField(
            model_name='Ritual',
            name='paused_until',
            field=fields.DateField(null=True),
        ),
        Reworded(
            model_name='Solicitation',
            name='outcome',
            field=fields.CharEnumField(default=Outcome.TAGGED, description='what came of it', enum_type=Outcome, max_length=8),
        ),
        ops.AddField(
            model_name='Solicitation',
            name='reasons',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
    ]
