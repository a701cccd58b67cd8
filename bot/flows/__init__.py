"""Every conversation the desk can have. A new one is one file here and one line in this list."""

from bot.flows import talking
from bot.flows.add_item import AddItem
from bot.flows.add_station import AddMerchant, AddStation
from bot.flows.add_supervisor import AddSupervisor
from bot.flows.add_team import AddTeam
from bot.flows.answer import Answer
from bot.flows.ask import Ask
from bot.flows.at_counter import AtCounter
from bot.flows.by_hand import Award
from bot.flows.call_off import CallOff
from bot.flows.callme import CallMe
from bot.flows.cancel_order import CancelOrder
from bot.flows.card import NameCard, NewCard
from bot.flows.case_reply import CaseReply
from bot.flows.change_item import ChangeItem, Restock
from bot.flows.change_team import RemoveTeam, RenameTeam
from bot.flows.decline import Decline
from bot.flows.diary import Diary
from bot.flows.end_role import EndRole
from bot.flows.flow import Flow
from bot.flows.forget import Forget
from bot.flows.from_paper import FromPaper
from bot.flows.give_back import GiveBack
from bot.flows.give_to import GiveTo
from bot.flows.good_deed import Praise
from bot.flows.help import Help
from bot.flows.honours import LeaveOut, QuietHero
from bot.flows.household import Household
from bot.flows.joining import Joining, Language
from bot.flows.look_after import LookAfter
from bot.flows.private import Private
from bot.flows.problem import ProblemClose, ProblemNote, ProblemOwner
from bot.flows.rate import Rate
from bot.flows.redeem import Redeem
from bot.flows.refer_to import ReferTo
from bot.flows.report import Report
from bot.flows.resolve import Resolve
from bot.flows.same_as import SameAs
from bot.flows.strike_out import StrikeOut
from bot.flows.take_back import TakeBack
from bot.flows.undo import Undo
from bot.flows.who_did_it import WhoDidIt
from bot.flows.write_to import Whose, WriteTo

ALL: list[type[Flow]] = [
    Joining,
    Language,
    Help,
    Report,
    CallMe,
    Household,
    NewCard,
    AtCounter,
    NameCard,
    Forget,
    Private,
    CancelOrder,
    Rate,
    Resolve,
    GiveBack,
    WriteTo,
    Whose,
    GiveTo,
    CallOff,
    Ask,
    Answer,
    StrikeOut,
    SameAs,
    ReferTo,
    Decline,
    CaseReply,
    AddTeam,
    RenameTeam,
    RemoveTeam,
    AddSupervisor,
    EndRole,
    LookAfter,
    Praise,
    Diary,
    WhoDidIt,
    Redeem,
    TakeBack,
    FromPaper,
    AddItem,
    Restock,
    ChangeItem,
    AddStation,
    AddMerchant,
    ProblemNote,
    ProblemOwner,
    ProblemClose,
    Award,
    Undo,
    LeaveOut,
    QuietHero,
]

talking.FLOWS.update({flow.name: flow for flow in ALL})
